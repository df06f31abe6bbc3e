/** What Stripe says with an error; the names are those of its protocol. */
export interface RefusalWords {
  readonly type: 'invalid_request_error' | 'card_error' | 'idempotency_error' | 'api_error';
  readonly message: string;
  readonly code?: string | undefined;
  readonly param?: string | undefined;
  readonly decline_code?: string | undefined;
}

/** A refusal in Stripe's own words; `isSaved` tells whether the same Idempotency-Key gets the same refusal again. */
export class StripeRefusal extends Error {
  constructor(
    readonly status: number,
    readonly words: RefusalWords,
    readonly isSaved = true,
  ) {
    super(words.message);
    this.name = 'StripeRefusal';
  }

  static invalid(message: string, param?: string, code?: string): StripeRefusal {
    return new StripeRefusal(400, { type: 'invalid_request_error', message, code, param });
  }

  /** What the request itself names is absent: 404. */
  static missing(kind: string, id: string): StripeRefusal {
    return new StripeRefusal(404, {
      type: 'invalid_request_error',
      code: 'resource_missing',
      message: `No such ${kind}: '${id}'`,
      param: 'id',
    });
  }

  /** What a parameter names is absent: 400. */
  static missingParam(kind: string, id: string, param: string): StripeRefusal {
    return StripeRefusal.invalid(`No such ${kind}: '${id}'`, param, 'resource_missing');
  }

  static declined(): StripeRefusal {
    return new StripeRefusal(402, {
      type: 'card_error',
      code: 'card_declined',
      decline_code: 'generic_decline',
      message: 'Your card was declined.',
    });
  }
}
