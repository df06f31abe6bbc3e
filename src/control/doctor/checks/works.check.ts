import type { WorkBook } from '#catalog/work/work-book.js';
import type { Check, Finding } from '#control/doctor/check.js';

const LATE_AFTER_MS = 5 * 60_000;
const AT_MOST = 200;

/** Works of the platform that ended without being done, or do not get on. Mending one tries it again, in the direction it went. */
export class WorksCheck implements Check {
  readonly name = 'works';

  constructor(private readonly book: Pick<WorkBook, 'troubled' | 'retry'>) {}

  async look(): Promise<readonly Finding[]> {
    const works = await this.book.troubled(LATE_AFTER_MS, AT_MOST);
    return works.map(({ id, kind, tenantId, state, error }) => ({
      subject: `work ${id} (${kind}${tenantId === null ? '' : ` for ${tenantId}`})`,
      problem: `${state}${error === null ? '' : `: ${error}`}`,
      mend: state === 'failed' || state === 'needs_human' ? () => this.book.retry(id) : null,
      mayBeYoung: false,
    }));
  }
}
