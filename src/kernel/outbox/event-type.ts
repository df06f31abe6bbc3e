/** A kind of fact that others may act on, by the name it is known under for ever: `area.fact`, in the past tense. */
export interface EventType<Payload> {
  readonly name: `${string}.${string}`;
  /** Never set; it carries the type of what an event of this kind holds: plain JSON, ids instead of rows, no secrets. */
  readonly payload?: Payload;
}

/** Declares a kind of event. */
export function eventType<Payload extends object>(name: EventType<Payload>['name']): EventType<Payload> {
  return Object.freeze({ name });
}
