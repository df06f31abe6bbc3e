import { checkSetting, type SettingKey } from '#kernel/plugin/setting-key.js';

/** Every setting of this release, by name. Raises TypeError when two have one name, or a default is not what its own schema says. */
export class SettingCatalogue {
  readonly #byName: ReadonlyMap<string, SettingKey>;

  constructor(keys: readonly SettingKey[]) {
    this.#byName = new Map(keys.map((key) => [key.name, key]));
    for (const key of keys) {
      if (this.#byName.get(key.name) !== key) throw new TypeError(`${key.name} is declared twice`);
      if (checkSetting(key, key.default).problems) throw new TypeError(`the default of ${key.name} is not what its schema says`);
    }
  }

  /** In the order of their names. */
  get all(): readonly SettingKey[] {
    return [...this.#byName.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  find(name: string): SettingKey | undefined {
    return this.#byName.get(name);
  }
}
