import { readJsonFile, writePrivateFile } from '../common/private-file.js';
import type { Ledger } from './ledger.js';

const PARTS = [
  'customers',
  'deletedCustomers',
  'cards',
  'products',
  'prices',
  'subscriptions',
  'schedules',
  'invoices',
  'checkouts',
  'portals',
  'meters',
  'usage',
  'happenings',
  'wishes',
  'warned',
  'aheadOf',
] as const;
const EVERY_MS = 250;

/** Keeps a ledger in a file: what was answered more than a quarter of a second ago survives the process. */
export class KeptState {
  private isStale = false;
  private readonly timer: NodeJS.Timeout;

  private constructor(
    private readonly ledger: Ledger,
    private readonly file: string,
  ) {
    this.timer = setInterval(() => this.save(), EVERY_MS).unref();
  }

  /** Fills the ledger with what the file holds. Raises on a file that is not one of these. */
  static open(ledger: Ledger, file: string): KeptState {
    const kept = readJsonFile(file) as Record<string, unknown> | undefined;
    if (kept) {
      for (const part of PARTS) {
        const into = ledger[part] as Map<string, unknown>;
        for (const [id, value] of (kept[part] ?? []) as [string, unknown][]) into.set(id, value);
      }
      ledger.pendingLines = kept['pendingLines'] as typeof ledger.pendingLines;
      ledger.ahead = kept['ahead'] as number;
    }
    return new KeptState(ledger, file);
  }

  /** The ledger has changed. */
  touch(): void {
    this.isStale = true;
  }

  close(): void {
    clearInterval(this.timer);
    this.save();
  }

  private save(): void {
    if (!this.isStale) return;
    this.isStale = false;
    const parts = PARTS.map((part) => [part, [...(this.ledger[part] as Map<string, unknown>)]]);
    const { pendingLines, ahead } = this.ledger;
    writePrivateFile(this.file, JSON.stringify({ ...Object.fromEntries(parts), pendingLines, ahead }));
  }
}
