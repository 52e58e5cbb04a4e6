import type pg from 'pg'

const CHUNK = 500

/** Calls `take` for each chunk of rows of a query, as arrays; never more than a chunk is in memory. Inside a transaction. */
export async function eachChunk(client: pg.Client, query: string, take: (rows: unknown[][]) => void): Promise<void> {
  await client.query(`DECLARE walk NO SCROLL CURSOR FOR ${query}`)
  for (;;) {
    const { rows } = await client.query<unknown[]>({ text: `FETCH ${CHUNK} FROM walk`, rowMode: 'array' })
    if (rows.length > 0) take(rows)
    if (rows.length < CHUNK) break
  }
  await client.query('CLOSE walk')
}

/** The same, row by row. */
export async function eachRow(client: pg.Client, query: string, take: (row: unknown[]) => void): Promise<void> {
  await eachChunk(client, query, (rows) => {
    for (const row of rows) take(row)
  })
}
