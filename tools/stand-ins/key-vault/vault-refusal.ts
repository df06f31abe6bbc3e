/** A refusal in the vault's own words: `status` and `code` are what its REST protocol documents. */
export class VaultRefusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly innerCode?: string,
  ) {
    super(message);
    this.name = 'VaultRefusal';
  }

  static notFound(name: string): VaultRefusal {
    return new VaultRefusal(404, 'SecretNotFound', `A secret with (name/id) ${name} was not found in this key vault.`);
  }

  static badParameter(message: string): VaultRefusal {
    return new VaultRefusal(400, 'BadParameter', message);
  }

  static deletedButRecoverable(name: string): VaultRefusal {
    const message = `Secret ${name} is currently in a deleted but recoverable state, and its name cannot be reused; in this state, the secret can only be recovered or purged.`;
    return new VaultRefusal(409, 'Conflict', message, 'ObjectIsDeletedButRecoverable');
  }

  static disabled(): VaultRefusal {
    return new VaultRefusal(403, 'Forbidden', 'Operation get is not allowed on a disabled secret.', 'SecretDisabled');
  }
}
