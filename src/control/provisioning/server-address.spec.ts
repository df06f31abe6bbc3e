import { OwnServerRefusedError } from '#control/provisioning/provisioning.errors.js';
import { serverAddress } from '#control/provisioning/server-address.js';

const refusal = (text: string, isLocalAllowed = true): unknown => {
  try {
    serverAddress(text, isLocalAllowed);
    return 'taken';
  } catch (error) {
    expect(error).toBeInstanceOf(OwnServerRefusedError);
    expect([String(error), JSON.stringify(error)].join()).not.toContain('s3cret');
    expect((error as Error).cause).toBeUndefined();
    return (error as OwnServerRefusedError).reason;
  }
};

describe('the address of a server that a customer brings', () => {
  it.each([
    'postgres://root:s3cret@db.example.com:5432/postgres?sslmode=require',
    'postgresql://root:s3cret@10.1.2.3/acme?sslmode=verify-full',
    'postgres://root:s3cret@127.0.0.1:5432/postgres',
    'postgres://root:s3cret@[::1]:5432/postgres',
  ])('is taken: %s', (text) => {
    expect(refusal(text)).toBe('taken');
  });

  it.each([
    ['', 'it is not an address of PostgreSQL'],
    ['s3cret', 'it is not an address of PostgreSQL'],
    ['mysql://root:s3cret@db.example.com/x?sslmode=require', 'it is not an address of PostgreSQL'],
    [`postgres://root:s3cret@db.example.com/${'x'.repeat(2_000)}?sslmode=require`, 'it is not an address of PostgreSQL'],
    ['postgres://root:s3cret@:5432:5432/x', 'it is not an address of PostgreSQL'],
    ['postgres://db.example.com/x?sslmode=require', 'it has no host, no login or no password'],
    ['postgres://root@db.example.com/s3cret?sslmode=require', 'it has no host, no login or no password'],
    ['postgres:///s3cret?host=/var/run/postgresql', 'it has no host, no login or no password'],
    ['postgres://root:s3cret@db.example.com/x', 'it does not ask for encryption (sslmode=require or stricter)'],
    ['postgres://root:s3cret@db.example.com/x?sslmode=disable', 'it does not ask for encryption (sslmode=require or stricter)'],
    ['postgres://root:s3cret@db.example.com/x?sslmode=prefer', 'it does not ask for encryption (sslmode=require or stricter)'],
    ['postgres://root:s3cret@localhost.example.com/x', 'it does not ask for encryption (sslmode=require or stricter)'],
    ['postgres://root:s3cret@db.example.com/x?sslmode=require&host=127.0.0.1', 'it has other parameters than sslmode'],
    ['postgres://root:s3cret@db.example.com/x?sslmode=require&sslmode=disable', 'it has other parameters than sslmode'],
    ['postgres://root:s3cret@db.example.com/x?sslmode=require&sslrootcert=/etc/passwd', 'it has other parameters than sslmode'],
    ['postgres://root:s3cret@db.example.com/x?options=-c%20a%3Db', 'it has other parameters than sslmode'],
    ['postgres://root:s3cret@%2ftmp%2fsock/x?sslmode=require', 'its host is none'],
  ])('is refused without being repeated: %s', (text, reason) => {
    expect(refusal(text)).toBe(reason);
  });

  it('is connected to as it was judged', () => {
    for (const [host, plain] of [
      ['DB.Example.com.', 'db.example.com'],
      ['10.513', '10.0.2.1'],
      ['[2001:DB8::0]', '[2001:db8::]'],
    ] as const)
      expect(serverAddress(`postgres://root:s3cret@${host}:5433/x?sslmode=require`, false).host).toBe(`${plain}:5433`);
  });

  it('is not on this machine in production', () => {
    const written = [
      'LOCALHOST',
      'localhost.',
      'db.localhost',
      '127.1',
      '2130706433',
      '0x7f000001',
      '0.0.0.0',
      '0',
      '[::]',
      '[::ffff:127.0.0.1]',
    ];
    for (const host of ['localhost', '127.0.0.1', '127.1.2.3', '[::1]', ...written, '169.254.169.254', '[fe80::1]', '%6cocalhost'])
      expect(refusal(`postgres://root:s3cret@${host}/x?sslmode=require`, false)).toBe('it is on this machine');
  });
});
