/** How every source file is printed; call with `prettier --config tools/prettier.config.mjs`. */
export default {
  printWidth: 140,
  singleQuote: true,
  semi: true,
  trailingComma: 'all',
};
