/** A fact that stops the work at hand; `code` is the contract (`area.fact`, never changes), the message is for people and may change. */
export abstract class AppError extends Error {
  abstract readonly code: string;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}
