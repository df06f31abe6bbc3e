import { OperatorCatalog } from '#catalog/operators/operator-catalog.js';
import { OperatorLinksService } from '#control/operators/auth/operator-links.service.js';
import { OperatorsService } from '#control/operators/people/operators.service.js';
import { PageCursors } from '#kernel/plugin/page-cursor.js';
import type { Platform } from '#main/platform.js';

type OperatedPlatform = Pick<Platform, 'catalog' | 'platformAudit' | 'signing' | 'members'>;

/** What makes and changes operators, for where there is no container of parts; the catalog beside it finds them by their address. */
export function openOperatorDesk({ catalog, platformAudit, signing, members }: OperatedPlatform) {
  const records = new OperatorCatalog(catalog, platformAudit);
  const links = new OperatorLinksService(signing, members.address, members.clock);
  return { records, operators: new OperatorsService(records, links, new PageCursors(signing), members.clock) };
}
