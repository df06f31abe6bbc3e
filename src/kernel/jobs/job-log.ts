/** Where the machinery of jobs says what it could not do; details never hold what a job holds. */
export interface JobLog {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
}
