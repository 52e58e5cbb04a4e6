import assert from 'node:assert/strict'
import { it } from 'node:test'
import { connectLedger } from '../src/postgres/connect.ts'
import { READS } from '../src/postgres/ledger-reads.ts'
import { updateAccounts } from '../src/postgres/ledger-writes.ts'
import { freshStoreFor, noPostgres, POSTGRES_URL } from './databases.ts'

it('postgres reads the hot path by keys alone, also where it was planned on empty tables', { skip: noPostgres }, async (t) => {
  const { place } = await freshStoreFor(t, 'postgres')
  const client = await connectLedger({ url: POSTGRES_URL, schema: place.options.databaseSchema ?? '' })
  t.after(() => client.end())
  const statements = [
    READS.entries(['a']),
    READS.entriesOfRequest('r'),
    READS.lockAccounts(['w']),
    READS.lots(['w'], ['g']),
    READS.setCounter(1n),
    updateAccounts([]),
  ]
  for (const { text, values } of statements) {
    const { rows } = await client.query<{ 'QUERY PLAN': string }>({ text: `EXPLAIN ${text}`, values })
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
    assert.match(plan, /Index/, text)
    assert.doesNotMatch(plan, /Seq Scan/, `${text}\n${plan}`)
  }
})
