import type { Answer, Question } from '../common/answer.js';
import type { TokenDesk } from './token-desk.js';

/** Answers what an Entra client asks on its way to a token (discovery, then the token), or undefined for a path that is none of these. */
export async function answerEntra(desk: TokenDesk, question: Question): Promise<Answer | undefined> {
  const [, tenantId = '', ...rest] = question.path.split('/');
  const operation = `${question.method} /${rest.join('/')}`;
  if (operation === 'GET /v2.0/.well-known/openid-configuration') return discovery(`${question.url}/${tenantId}`);
  if (operation === 'POST /oauth2/v2.0/token') return desk.issue(tenantId, new URLSearchParams(question.body));
  return undefined;
}

function discovery(authority: string): Answer {
  return {
    status: 200,
    body: {
      issuer: `${authority}/v2.0`,
      authorization_endpoint: `${authority}/oauth2/v2.0/authorize`,
      token_endpoint: `${authority}/oauth2/v2.0/token`,
      jwks_uri: `${authority}/discovery/v2.0/keys`,
      token_endpoint_auth_methods_supported: ['client_secret_post'],
      response_types_supported: ['code'],
      subject_types_supported: ['pairwise'],
      id_token_signing_alg_values_supported: ['RS256'],
    },
  };
}
