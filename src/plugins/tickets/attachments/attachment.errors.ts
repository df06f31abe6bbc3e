import { AppError } from '#kernel/errors/app-error.js';

/** This ticket has no such attachment. */
export class AttachmentNotFoundError extends AppError {
  readonly code = 'tickets.attachment-not-found';

  constructor(readonly id: string) {
    super('There is no such attachment.');
  }
}

/** With this file the tenant would have more than its plan has room for. */
export class StorageFullError extends AppError {
  readonly code = 'tickets.storage-full';

  constructor(readonly limitMb: number) {
    super(`The plan has room for ${limitMb} MB of attachments, which this would exceed.`);
  }
}

/** How long a file is must be known before its first byte. */
export class LengthNeededError extends AppError {
  readonly code = 'tickets.length-needed';

  constructor() {
    super('Send the file with its Content-Length.');
  }
}
