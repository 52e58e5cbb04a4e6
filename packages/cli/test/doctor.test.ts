import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addressFinding, billingFinding, pendingFinding, pricesFinding } from '../src/doctor.ts'

test('doctor warns while a refusal for lack of balance can name nobody', () => {
  assert.equal(billingFinding({ topUpUrl: null, contact: null, rail: null }).result, 'warning')
  assert.equal(billingFinding({ topUpUrl: null, contact: 'billing@example.com', rail: null }).result, 'ok')
  assert.equal(billingFinding({ topUpUrl: 'https://example.com/pay', contact: null, rail: null }).result, 'ok')
  assert.equal(billingFinding({ topUpUrl: null, contact: null, rail: 'stripe' }).result, 'ok')
})

test('doctor warns when keys travel unencrypted beyond this machine, and when links name no real address', () => {
  for (const url of ['http://127.0.0.1:4020', 'http://localhost:4020', 'http://[::1]:4020', 'https://gateway.example']) {
    assert.equal(addressFinding(url).result, 'ok', url)
  }
  for (const url of ['http://gateway.example', 'http://10.0.0.5:4020', 'http://0.0.0.0:4020', 'http://[::]:4020']) {
    assert.equal(addressFinding(url).result, 'warning', url)
  }
})

test('doctor fails for a model that has no price: its own, an override, or the catalogue’s', () => {
  const deployments = [{ provider: 'local', model: 'llama', weight: 1 }]
  const model = { name: 'mine', deployments, price: null }
  assert.match(pricesFinding([model], []).detail, /mine/)
  assert.equal(pricesFinding([model], []).result, 'failed')
  assert.equal(pricesFinding([{ ...model, price: { input: '1' } }], []).result, 'ok')
  assert.equal(pricesFinding([model], [{ name: 'local/llama' }]).result, 'ok')
})

test('doctor names the models whose new price waits for approval', () => {
  assert.deepEqual(pendingFinding([]), [])
  const [finding] = pendingFinding([{ name: 'openai/a' }, { name: 'x-ai/b' }])
  assert.deepEqual([finding?.result, finding?.fix], ['warning', 'faregate price pending'])
  assert.match(finding?.detail ?? '', /openai\/a, x-ai\/b/)
})
