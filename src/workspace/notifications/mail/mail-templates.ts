/** What a mail says, in plain text of whatever origin; the templates escape it. */
export interface MailContent {
  readonly tenantName: string;
  readonly memberName: string;
  readonly title: string;
  readonly paragraphs: readonly string[];
  /** Of a digest: what it gathered. */
  readonly items: readonly { readonly title: string; readonly url: string | null }[];
  readonly action: { readonly label: string; readonly url: string } | null;
  /** Where mails like this are turned off; null for one that cannot be. */
  readonly preferencesUrl: string | null;
}

/** A subject is one line, whatever was written into it. */
export function subjectOf({ tenantName, title }: Pick<MailContent, 'tenantName' | 'title'>): string {
  return `[${oneLine(tenantName)}] ${oneLine(title)}`;
}

export function textOf({ memberName, title, paragraphs, items, action, preferencesUrl, tenantName }: MailContent): string {
  return [
    `Hello ${oneLine(memberName)},`,
    oneLine(title),
    ...paragraphs,
    ...(items.length > 0 ? [items.map((item) => `- ${oneLine(item.title)}${item.url === null ? '' : `\n  ${item.url}`}`).join('\n')] : []),
    ...(action ? [`${action.label}: ${action.url}`] : []),
    `-- \n${oneLine(tenantName)}${preferencesUrl === null ? '' : `\nChoose what you are mailed: ${preferencesUrl}`}`,
  ].join('\n\n');
}

export function htmlOf({ memberName, title, paragraphs, items, action, preferencesUrl, tenantName }: MailContent): string {
  const item = ({ title: text, url }: MailContent['items'][number]): string =>
    `<li>${url === null ? escapeHtml(oneLine(text)) : link(url, oneLine(text))}</li>`;
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8"></head><body>',
    `<p>Hello ${escapeHtml(oneLine(memberName))},</p>`,
    `<h1 style="font-size:1.2em">${escapeHtml(oneLine(title))}</h1>`,
    ...paragraphs.map((text) => `<p style="white-space:pre-line">${escapeHtml(text)}</p>`),
    ...(items.length > 0 ? [`<ul>${items.map(item).join('')}</ul>`] : []),
    ...(action ? [`<p>${link(action.url, action.label)}</p>`] : []),
    `<hr><p>${escapeHtml(oneLine(tenantName))}</p>`,
    ...(preferencesUrl === null ? [] : [`<p>${link(preferencesUrl, 'Choose what you are mailed')}</p>`]),
    '</body></html>',
  ].join('\n');
}

/** Text that can stand in HTML, also between quotes of an attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"'`]/g, (character) => `&#${String(character.codePointAt(0))};`);
}

function link(url: string, label: string): string {
  return `<a href="${escapeHtml(url)}">${escapeHtml(label)}</a>`;
}

function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();
}
