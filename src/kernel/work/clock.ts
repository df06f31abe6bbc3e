/** What time it is. Lifetimes are counted by it, so that a spec need not wait for them. */
export class Clock {
  now(): Date {
    return new Date();
  }
}
