import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder the product was installed in: the nearest above this file that holds `provisioning`. Raises when there is none. */
export function projectFolder(): string {
  for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(join(folder, 'provisioning', 'tenancy.sql'))) return folder;
  }
  throw new Error('The folder `provisioning` was not found above the program.');
}
