import { S3Client } from '@aws-sdk/client-s3';

/** Where the bucket is and who asks. Without `credentials` the surroundings say who (a pod's or a machine's role). */
export interface S3Options {
  /** Without it, the vendor's own address for the region. */
  readonly endpoint?: string | undefined;
  readonly region: string;
  readonly bucket: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
  /** The bucket in the path rather than in the host's name; most stores other than the vendor's need it. */
  readonly forcePathStyle: boolean;
  /** How long the store may owe an answer or the next bytes: 10,000 unless told otherwise. */
  readonly patienceMs?: number | undefined;
}

const CONNECT_MS = 2_000;
const SOCKETS = 50;

/** A client that asks at most twice, and an upload once: its body is gone after the first time. */
export function openS3Client({ endpoint, region, credentials, forcePathStyle }: S3Options): S3Client {
  return new S3Client({
    ...(endpoint !== undefined && { endpoint }),
    ...(credentials && { credentials }),
    region,
    forcePathStyle,
    maxAttempts: 2,
    retryMode: 'standard',
    // Said here, because what is left out is read from the surroundings: an AWS_PROFILE must not change what is sent.
    requestChecksumCalculation: 'WHEN_SUPPORTED',
    responseChecksumValidation: 'WHEN_SUPPORTED',
    // Without one it writes its warnings to the console; what went wrong is in the error all the same.
    logger: { trace: ignore, debug: ignore, info: ignore, warn: ignore, error: ignore },
    requestHandler: { connectionTimeout: CONNECT_MS, httpAgent: { maxSockets: SOCKETS }, httpsAgent: { maxSockets: SOCKETS } },
  });
}

function ignore(): void {
  // Nothing to keep.
}
