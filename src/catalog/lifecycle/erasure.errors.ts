import { AppError } from '#kernel/errors/app-error.js';

/** Only a cancelled tenant is erased. */
export class TenantNotCancelledError extends AppError {
  readonly code = 'lifecycle.not-cancelled';

  constructor(
    readonly tenantId: string,
    readonly status: string,
  ) {
    super(`Tenant ${tenantId} is ${status}; only a cancelled one is erased.`);
  }
}

/** The data is kept until then; null when nobody has said until when. */
export class RetentionNotOverError extends AppError {
  readonly code = 'lifecycle.retention-not-over';

  constructor(
    readonly tenantId: string,
    readonly dueAt: Date | null,
  ) {
    super(`The data of tenant ${tenantId} is kept${dueAt ? ` until ${dueAt.toISOString()}` : ''}.`);
  }
}

/** Somebody has ordered that the data be kept, whatever its retention says. */
export class LegalHoldError extends AppError {
  readonly code = 'lifecycle.legal-hold';

  constructor(readonly tenantId: string) {
    super(`The data of tenant ${tenantId} is on legal hold.`);
  }
}

/** Whoever wants the data gone before its time has to name the tenant twice. */
export class ErasureNotConfirmedError extends AppError {
  readonly code = 'lifecycle.not-confirmed';

  constructor(readonly tenantId: string) {
    super(`To erase tenant ${tenantId} before its retention is over, confirm it by its name.`);
  }
}

/** Something of the tenant is still there after everything was taken away: `left` says what, where. */
export class LeftoversError extends AppError {
  readonly code = 'lifecycle.leftovers';

  constructor(
    readonly tenantId: string,
    readonly left: readonly { readonly store: string; readonly kind: string; readonly count: number }[],
  ) {
    super(
      `Of tenant ${tenantId} there is still ${left.map(({ store, kind, count }) => `${String(count)} × ${kind} in ${store}`).join(', ')}.`,
    );
  }
}

/** The tenant was erased; it never comes back under that id, nor anybody under its name while that is in quarantine. */
export class TenantErasedError extends AppError {
  readonly code = 'lifecycle.erased';

  constructor(readonly tenantId: string) {
    super(`Tenant ${tenantId} was erased.`);
  }
}

/** Nobody was erased under that id. */
export class NoCertificateError extends AppError {
  readonly code = 'lifecycle.no-certificate';

  constructor(readonly tenantId: string) {
    super(`There is no certificate for tenant ${tenantId}.`);
  }
}
