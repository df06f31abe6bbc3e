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

/** One file is larger than one may be in this tenant. */
export class FileTooLargeError extends AppError {
  readonly code = 'tickets.file-too-large';

  constructor(readonly limitMb: number) {
    super(`A file may have ${limitMb} MB at most.`);
  }
}

/** Those who run the platform have switched uploads off; files that are there can be read. */
export class UploadsClosedError extends AppError {
  readonly code = 'tickets.uploads-closed';

  constructor() {
    super('No files are taken at the moment; try again later.');
  }
}

/** How long a file is must be known before its first byte. */
export class LengthNeededError extends AppError {
  readonly code = 'tickets.length-needed';

  constructor() {
    super('Send the file with its Content-Length.');
  }
}
