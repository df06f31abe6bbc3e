/** A refusal in the words of S3: `status` and `code` are what its REST protocol documents. */
export class S3Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = 'S3Refusal';
  }
}
