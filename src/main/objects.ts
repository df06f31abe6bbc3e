import { LocalObjectStore } from '#adapters/object-store/local-object-store.js';
import { S3ObjectStore } from '#adapters/object-store/s3-object-store.js';
import type { Config } from '#main/config.js';
import type { ObjectStore, ObjectTraces } from '#workspace/objects/object-store.js';
import { TenantObjects } from '#workspace/objects/tenant-objects.js';

/** Where the files of tenants are: a bucket when there is one, else a folder. */
export interface ObjectParts {
  readonly objects: TenantObjects;
  /** The same store below the tenants. */
  readonly store: ObjectStore & ObjectTraces;
  close(): void;
}

export async function openObjects(config: Config): Promise<ObjectParts> {
  const { S3_BUCKET: bucket, S3_REGION: region, S3_ENDPOINT: endpoint, S3_ACCESS_KEY_ID: id, S3_SECRET_ACCESS_KEY: secret } = config;
  if (bucket === undefined || region === undefined) {
    const folder = await LocalObjectStore.open(config.OBJECT_STORE_DIR);
    return { objects: new TenantObjects(folder), store: folder, close: () => undefined };
  }
  const store = new S3ObjectStore({
    region,
    bucket,
    forcePathStyle: endpoint !== undefined,
    ...(endpoint !== undefined && { endpoint }),
    ...(id !== undefined && secret !== undefined && { credentials: { accessKeyId: id, secretAccessKey: secret } }),
  });
  return { objects: new TenantObjects(store), store, close: () => store.close() };
}
