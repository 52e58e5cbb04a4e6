import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Options, UsageError } from '../src/command.ts'
import { planCommand, type PlanWords } from '../src/plan-command.ts'
import { levelOf, overrideOf, priceTermsOf, priceTermsText } from '../src/price-terms.ts'

test('an override is MODELS=FACTOR, or MODELS with a price by bucket', () => {
  assert.deepEqual(overrideOf('gpt-*=0.8'), { models: 'gpt-*', factor: '0.8' })
  assert.deepEqual(overrideOf('llama3:8b=input=0.05,output=0.40'), { models: 'llama3:8b', price: { input: '0.05', output: '0.40' } })
  for (const wrong of ['', 'gpt-5', '=0.8', 'gpt-5=', 'gpt-5=cheap', 'gpt-5=input=', 'gpt-5=input=x']) {
    assert.throws(() => overrideOf(wrong), UsageError, wrong)
  }
})

test('terms that were not given say nothing; given ones are all of them, and none of them can be said', () => {
  assert.deepEqual(priceTermsOf(new Options({})), {})
  assert.deepEqual(priceTermsOf(new Options({ priceFactor: '0.9', override: ['a=1', 'b=2'] })).prices?.length, 2)
  assert.deepEqual(priceTermsOf(new Options({ overrides: false })), { prices: [] })
  assert.throws(() => priceTermsOf(new Options({ overrides: false, override: ['a=1'] })), UsageError)
})

test('terms read as a sentence', () => {
  assert.equal(priceTermsText({ priceFactor: '1', prices: [] }), null)
  const prices = [overrideOf('gpt-*=0.8'), { models: 'demo', price: { input: '1', output: '2' } }]
  assert.equal(priceTermsText({ priceFactor: '0.9', prices: prices as never }), '× 0.9; gpt-* × 0.8; demo input=1,output=2')
})

test('a level of disclosure is one of four', () => {
  assert.deepEqual(levelOf(new Options({ disclosure: 'code' })), { disclosure: 'code' })
  assert.deepEqual(levelOf(new Options({})), {})
  assert.throws(() => levelOf(new Options({ disclosure: 'everything' })), UsageError)
})

test('a plan is told as the command that makes it', () => {
  const plan: PlanWords = {
    name: 'pro',
    price: '9.00',
    period: 'year',
    trialDays: 14,
    graceDays: 0,
    models: ['gpt-*', 'claude'],
    apis: ['weather'],
    features: ['chat', 'tools'],
    exclusive: true,
    listed: false,
    approval: true,
    paymentMethod: true,
    quotas: [{ counts: 'tokens', models: 'claude', apis: null, limit: 5, overage: '1.5' }],
    credit: '1.00',
    priceFactor: '0.5',
    prices: [{ models: 'claude', price: { input: '1', output: '2' } }],
    limits: [
      { kind: 'requests', amount: 100, per: 'second', burst: 1, by: 'user' },
      { kind: 'concurrency', amount: 5 },
    ],
  }
  assert.equal(
    planCommand(plan),
    "faregate plan create pro --price 9.00 --period year --model 'gpt-*' --model claude --api weather --quota tokens:claude:5:1.5 --feature chat " +
      '--feature tools --override claude=input=1,output=2 --limit requests=100/second,burst=1,by=user --limit concurrency=5 --trial-days 14 --grace-days 0 --credit 1.00 --price-factor 0.5 --exclusive ' +
      '--unlisted --approval --payment-method',
  )
})
