import type { ColumnType, Expression, ExpressionBuilder, ExpressionWrapper, SelectQueryBuilder, SqlBool } from 'kysely';

/** A condition of rows, for a `where`; parts of a read can be made in files of their own with these. */
export type Condition = Expression<SqlBool>;

/** Makes conditions and values of one table's rows. */
export type RowBuilder<Tables, Table extends keyof Tables> = ExpressionBuilder<Tables, Table>;

/** A value that a RowBuilder has made. */
export type RowExpression<Tables, Table extends keyof Tables, Value> = ExpressionWrapper<Tables, Table, Value>;

/** Rows to be read. */
export type RowQuery<Tables, Table extends keyof Tables, Row> = SelectQueryBuilder<Tables, Table, Row>;

/** A column that is read as one type and written as another. */
export type Column<Read, Write> = ColumnType<Read, Write, Write>;
