import type pg from 'pg'

const CHUNK = 500

/** Calls `take` for each chunk of rows of a query, as arrays; never more than a chunk is in memory. Inside a transaction. */
export async function eachChunk<T extends unknown[]>(client: pg.Client, query: string, take: (rows: T[]) => void): Promise<void> {
  await client.query(`DECLARE walk NO SCROLL CURSOR FOR ${query}`)
  for (;;) {
    const { rows } = await client.query<T>({ text: `FETCH ${CHUNK} FROM walk`, rowMode: 'array' })
    if (rows.length > 0) take(rows)
    if (rows.length < CHUNK) break
  }
  await client.query('CLOSE walk')
}

/** The same, row by row. */
export async function eachRow<T extends unknown[]>(client: pg.Client, query: string, take: (row: T) => void): Promise<void> {
  await eachChunk<T>(client, query, (rows) => {
    for (const row of rows) take(row)
  })
}
