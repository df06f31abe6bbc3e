import { Injectable } from '@nestjs/common';
import { PasswordHasher } from '#workspace/members/passwords/password-hasher.js';

/** The hasher of operators: one of their own, so that no crowd at a tenant's door keeps them out. */
@Injectable()
export class OperatorPasswords {
  readonly hasher = new PasswordHasher();
}
