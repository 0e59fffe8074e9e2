import type {
  AbortableOperationOptions,
  DatabaseConnection,
  Dialect,
  Driver,
  PostgresDialectConfig,
  QueryResult,
  TransactionSettings,
} from "kysely";
import { CompiledQuery, PostgresDialect } from "kysely";

/** What a transaction's first statement starts with where it begins the transaction itself. */
const opening = "begin;";

/**
 * A first statement that begins its transaction too, so that both cost one way to the server and back. It takes no
 * parameters, so that the driver sends it as it is and names nothing on the server; its rows are not seen.
 */
export function openingStatement(text: string): CompiledQuery {
  return CompiledQuery.raw(`${opening} ${text}`);
}

/**
 * PostgreSQL by `pg`, with a BEGIN that waits for the transaction's first statement: an opening statement brings it along,
 * before any other it is sent on its own. A transaction without a statement never reaches the server.
 */
export function openingDialect(config: PostgresDialectConfig): Dialect {
  const dialect = new PostgresDialect(config);
  return {
    createDriver: () => new OpeningDriver(dialect.createDriver()),
    createQueryCompiler: () => dialect.createQueryCompiler(),
    createAdapter: () => dialect.createAdapter(),
    createIntrospector: (db) => dialect.createIntrospector(db),
  };
}

/** A connection that knows whether its transaction is still to begin. */
class OpeningConnection implements DatabaseConnection {
  readonly inner: DatabaseConnection;
  /** Sends the BEGIN that is due; null where none is. */
  begin: (() => Promise<void>) | null = null;
  /** Whether that BEGIN says more than its name, such as an isolation level. */
  hasSettings = false;

  constructor(inner: DatabaseConnection) {
    this.inner = inner;
  }

  async executeQuery<R>(query: CompiledQuery, options?: AbortableOperationOptions): Promise<QueryResult<R>> {
    const { begin } = this;
    this.begin = null;
    const isOpening = query.sql.startsWith(opening);
    // Nobody would end it, and the next user of the connection would find itself in it.
    if (isOpening && !begin) throw new Error("An opening statement is the first of a transaction.");
    if (isOpening && this.hasSettings) throw new Error("An opening statement knows no settings of a transaction.");
    if (!isOpening) await begin?.();
    return this.inner.executeQuery<R>(query, options);
  }

  async *streamQuery<R>(
    query: CompiledQuery,
    chunkSize: number,
    options?: AbortableOperationOptions,
  ): AsyncIterableIterator<QueryResult<R>> {
    const { begin } = this;
    this.begin = null;
    await begin?.();
    yield* this.inner.streamQuery<R>(query, chunkSize, options);
  }
}

class OpeningDriver implements Driver {
  readonly #inner: Driver;

  constructor(inner: Driver) {
    this.#inner = inner;
  }

  init(): Promise<void> {
    return this.#inner.init();
  }

  async acquireConnection(): Promise<OpeningConnection> {
    return new OpeningConnection(await this.#inner.acquireConnection());
  }

  async beginTransaction(connection: OpeningConnection, settings: TransactionSettings): Promise<void> {
    connection.hasSettings = Object.values(settings).some((setting) => setting !== undefined);
    connection.begin = () => this.#inner.beginTransaction(connection.inner, settings);
  }

  async commitTransaction(connection: OpeningConnection): Promise<void> {
    if (connection.begin === null) await this.#inner.commitTransaction(connection.inner);
  }

  async rollbackTransaction(connection: OpeningConnection): Promise<void> {
    if (connection.begin === null) await this.#inner.rollbackTransaction(connection.inner);
  }

  releaseConnection(connection: OpeningConnection): Promise<void> {
    return this.#inner.releaseConnection(connection.inner);
  }

  destroy(): Promise<void> {
    return this.#inner.destroy();
  }
}
