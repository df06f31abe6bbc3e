import type { MikroORM } from '@mikro-orm/postgresql';

/** What was seen that belongs to nobody, and since when. What was not seen for a day is forgotten. */
export class Sightings {
  constructor(private readonly catalog: MikroORM) {}

  /** Notes that each is seen at `at`; gives since when each has been, by subject. */
  async note(subjects: readonly string[], at: Date): Promise<ReadonlyMap<string, Date>> {
    const now = at.toISOString();
    const rows = await this.catalog.em.fork().transactional(async (em) => {
      await em.execute(`delete from sighting where last_seen_at < ?::timestamptz - interval '1 day'`, [now]);
      return em.execute<{ subject: string; since: string }[]>(
        `insert into sighting as s (subject, first_seen_at, last_seen_at)
         select distinct seen, ?::timestamptz, ?::timestamptz from json_array_elements_text(?::json) as seen
         on conflict (subject) do update set last_seen_at = excluded.last_seen_at returning s.subject, s.first_seen_at::text as since`,
        [now, now, JSON.stringify(subjects)],
      );
    });
    return new Map(rows.map(({ subject, since }) => [subject, new Date(since)]));
  }

  /** For what is gone now. */
  async forget(subject: string): Promise<void> {
    await this.catalog.em.fork().execute('delete from sighting where subject = ?', [subject]);
  }
}
