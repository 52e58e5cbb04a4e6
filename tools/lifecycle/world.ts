import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient, type Client } from '@faregate/contract'
import { StripeStandIn } from '../../tests/support/stripe/stand-in.ts'
import { offlineEnvironment, startGateway } from '../support/process.ts'
import { ROOT } from '../support/root.ts'
import { startService, type Service } from './service.ts'
import type { Hands } from './story.ts'

/** Somebody in the story, with the organization whose hands these are. */
interface Person extends Hands {
  organization: string
}

export interface World {
  url: string
  /** Where commands are run, and files lie. */
  folder: string
  service: Service
  client: Client
  operator: Hands
  publisher: Person
  consumer: Person
  stop(): Promise<void>
}

/** A gateway with nothing published, a service that runs beside it, and three people. */
export async function openWorld(): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'faregate-lifecycle-'))
  const stripe = await new StripeStandIn().listen()
  stripe.telling = true
  const service = await startService(folder)
  try {
    return await openBeside(service, stripe, folder)
  } catch (error) {
    await Promise.all([service.stop(), stripe.close()])
    throw error
  }
}

async function openBeside(service: Service, stripe: StripeStandIn, folder: string): Promise<World> {
  writeFileSync(join(folder, 'openapi.json'), service.document)
  const config = { ...stripe.configuration, publishing: { networks: ['127.0.0.0/8'] } }
  writeFileSync(join(folder, 'faregate.yaml'), JSON.stringify(config))
  const command = [join(ROOT, 'bin/faregate.mjs'), 'start', '--demo', '--config', join(folder, 'faregate.yaml'), '--port', '0']
  const gateway = await startGateway(process.execPath, command, {
    cwd: folder,
    environment: offlineEnvironment(),
    withinMs: 180_000,
  })
  stripe.endpoint = `${gateway.url}/api/payments/stripe/webhook`
  const token = readFileSync(join(folder, 'data/operator-token'), 'utf8').trim()
  const client = createClient({ baseUrl: gateway.url, token })
  return {
    url: gateway.url,
    folder,
    service,
    client,
    operator: { token },
    publisher: await personOf(client, 'publisher', 'publisher'),
    consumer: await withKey(client, await personOf(client, 'consumer', 'org_admin')),
    async stop() {
      await Promise.all([gateway.stop(), stripe.close(), service.stop()])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A new organization with one member, who has this role in it. */
async function personOf(client: Client, name: string, role: string): Promise<Person> {
  const { id: organization } = await client.createOrganization({ body: { name } })
  const member = await client.createMember({ params: { id: organization }, body: { name, email: `${name}@example.com`, role } })
  const { token = '' } = await client.createMemberToken({ params: { id: member.id }, body: { name } })
  return { organization, token }
}

/** Somebody with a new key. */
async function withKey(client: Client, person: Person): Promise<Person> {
  const application = await client.createApplication({ params: { id: person.organization }, body: { name: 'shop' } })
  const { key = '' } = await client.createKey({ params: { id: application.id }, body: { name: 'shop' } })
  return { ...person, key }
}
