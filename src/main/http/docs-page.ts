import { createHash } from 'node:crypto';

type Operation = { readonly summary?: string; readonly parameters?: { name: string; in: string }[] };

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;background:#fff}
code,pre{font:14px/1.5 ui-monospace,monospace}pre{overflow:auto;padding:1rem;background:#f4f4f5}summary{cursor:pointer;padding:.4rem 0}
.method{display:inline-block;min-width:4.5rem;font-weight:600}
@media(prefers-color-scheme:dark){body{color:#e8e8e8;background:#16181d}pre{background:#22252c}}`;

/** Lets this page's own style through, and still nothing that runs. */
export const DOCS_POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`;

/** The API's description for people: one page, no script, nothing loaded from anywhere. */
export function docsPage(document: Record<string, unknown>): string {
  const paths = Object.entries(document['paths'] as Record<string, Record<string, Operation>>);
  const routes = paths.flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => routeOf(method, path, operation)),
  );
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Tenantry API</title><style>${STYLE}</style></head><body><main><h1>Tenantry API</h1>
<p>For machines: <a href="/api/openapi.json"><code>/api/openapi.json</code></a>.</p>
${routes.join('\n')}
<h2>Schemas</h2>
<pre>${escaped(JSON.stringify(document['components'], null, 2))}</pre></main></body></html>`;
}

function routeOf(method: string, path: string, operation: Operation): string {
  return `<details><summary><span class="method">${escaped(method.toUpperCase())}</span> <code>${escaped(path)}</code> ${escaped(operation.summary ?? '')}</summary>
<pre>${escaped(JSON.stringify(operation, null, 2))}</pre></details>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
