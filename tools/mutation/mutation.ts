/** A defence, how to switch it off, and who must notice. */
export interface Mutation {
  /** What is defended, as a name for people. */
  readonly name: string;
  /** From the project's folder. */
  readonly file: string;
  /** The defence as it is written; exactly once in the file. */
  readonly find: string;
  readonly replace: string;
  /** Files of specs, from the project's folder; one test in one of them must fail. */
  readonly specs: readonly string[];
}

/** The file's text with the defence switched off. Raises RangeError unless the defence is found exactly once. */
export function mutate({ name, file, find, replace }: Mutation, text: string): string {
  const many = text.split(find).length - 1;
  if (many !== 1) throw new RangeError(`${name}: the text to replace is ${many} times in ${file}, and must be there once.`);
  return text.replace(find, () => replace);
}

/** Whether a database that was made without the defence is needed to see it fail. */
export function isInTheDatabase({ file }: Mutation): boolean {
  return file.startsWith('provisioning/') || file.startsWith('migrations/');
}
