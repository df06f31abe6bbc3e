import fc from 'fast-check';
import { attachmentName, dispositionOf } from './attachment-name.js';

describe('the name of an attachment', () => {
  it.each([
    ['report.pdf', 'report.pdf'],
    ['../../etc/passwd', 'passwd'],
    ['..\\..\\windows\\system.ini', 'system.ini'],
    ['..', 'file'],
    ['', 'file'],
    ['a\0b\r\nc.txt', 'abc.txt'],
    ['invoice\u202Efdp.exe', 'invoicefdp.exe'],
    ['\u2066x\u2069.txt', 'x.txt'],
    ['.htaccess', 'htaccess'],
    ['con.txt', '_con.txt'],
    ['what?<now>.txt', 'what__now_.txt'],
    ['e\u0301te\u0301.txt', 'été.txt'],
    ['half\ud800.txt', 'half.txt'],
    [`${'x'.repeat(500)}.pdf`, `${'x'.repeat(146)}.pdf`],
  ])('is, of %j, %j', (text, name) => {
    expect(attachmentName(text)).toBe(name);
  });

  it('stays as it is when it is made again, and fits its column, whatever it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        const name = attachmentName(text);
        expect(Array.from(name).length).toBeGreaterThan(0);
        expect(Array.from(name).length).toBeLessThanOrEqual(151);
        expect(name).not.toMatch(/[/\\\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
        expect(attachmentName(name)).toBe(name);
      }),
      { numRuns: 1_000 },
    );
  });

  it('stands in a header that nothing in it can end', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        expect(dispositionOf(attachmentName(text))).toMatch(
          /^attachment; filename="[\x20-\x21\x23-\x7e]+"; filename\*=UTF-8''[\w!#$&+.^`|~%-]+$/,
        );
      }),
      { numRuns: 1_000 },
    );
    expect(dispositionOf('été "1".txt')).toBe(`attachment; filename="ete _1_.txt"; filename*=UTF-8''%C3%A9t%C3%A9%20%221%22.txt`);
  });
});
