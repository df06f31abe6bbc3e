import { htmlOf, type MailContent, subjectOf, textOf } from './mail-templates.js';

const EVIL = '<script>alert("1")</script>\r\nBcc: everybody@example.test';
const content: MailContent = {
  tenantName: `Acme ${EVIL}`,
  memberName: EVIL,
  title: EVIL,
  paragraphs: [EVIL],
  items: [{ title: EVIL, url: 'http://acme.localhost/tickets/1?a="><script>' }],
  action: { label: EVIL, url: 'http://acme.localhost/?x="><img src=x onerror=y>' },
  preferencesUrl: 'http://acme.localhost/settings',
};

describe('the templates of mails', () => {
  it('let no text become markup', () => {
    const html = htmlOf(content);
    expect(html).not.toMatch(/<script|<img/i);
    expect(html.match(/"/g)?.length).toBe(htmlOf({ ...content, memberName: 'A', title: 'A', paragraphs: ['A'] }).match(/"/g)?.length);
    expect(html).toContain('&#60;script&#62;');
  });

  it('keep a subject in one line', () => {
    expect(subjectOf({ tenantName: 'A\u0000\u2028B', title: EVIL })).toBe('[A B] <script>alert("1")</script> Bcc: everybody@example.test');
  });

  it('say the same in text and in HTML', () => {
    const plain: MailContent = {
      ...content,
      tenantName: 'Acme',
      memberName: 'Ada',
      title: 'Printer',
      paragraphs: ['It burns.'],
      items: [],
      action: null,
    };
    expect(textOf(plain)).toBe(
      'Hello Ada,\n\nPrinter\n\nIt burns.\n\n-- \nAcme\nChoose what you are mailed: http://acme.localhost/settings',
    );
    for (const part of ['Hello Ada,', 'Printer', 'It burns.', 'Acme', 'http://acme.localhost/settings'])
      expect(htmlOf(plain)).toContain(part);
  });

  it('offer no way to turn off what cannot be', () => {
    expect(textOf({ ...content, preferencesUrl: null })).not.toContain('Choose what');
    expect(htmlOf({ ...content, preferencesUrl: null })).not.toContain('Choose what');
  });
});
