/** A start that could not go on; the message is a plain sentence for people that says what was missing and what to do. */
export class StartError extends Error {
  /** @param {string} message @param {ErrorOptions} [options] */
  constructor(message, options) {
    super(message, options);
    this.name = 'StartError';
  }
}
