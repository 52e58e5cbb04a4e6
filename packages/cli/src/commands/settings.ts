import type { RouteInput, RouteOutput, Routes } from '@faregate/contract'
import { SETTING_NAMES, type SettingName } from '@faregate/core'
import { UsageError, type Call, type Command } from '../command.ts'
import { table } from '../output.ts'
import { linesOf } from '../parse.ts'
import { placeOf } from '../place.ts'

type Body = RouteInput<Routes['updateSettings']>['body']
type Settings = RouteOutput<Routes['getSettings']>

/** How the value of each setting is sent; null takes it back to its default. */
const BODY_OF: Record<SettingName, (text: string | null) => Body> = {
  allModels: (text) => ({ allModels: text === null ? null : flagOf(text) }),
  publicUrl: (publicUrl) => ({ publicUrl }),
  'billing.topUpUrl': (topUpUrl) => ({ billing: { topUpUrl } }),
  'billing.contact': (contact) => ({ billing: { contact } }),
  'billing.seller.name': (name) => ({ billing: { seller: { name } } }),
  'billing.seller.address': (text) => ({ billing: { seller: { address: text === null ? null : linesOf(text) } } }),
  'billing.seller.taxNumber': (taxNumber) => ({ billing: { seller: { taxNumber } } }),
  'billing.dueDays': (text) => ({ billing: { dueDays: text === null ? null : wholeOf(text) } }),
  sliceTokens: (text) => ({ sliceTokens: text === null ? null : wholeOf(text) }),
  maxOutputWhenAbsent: (text) => ({ maxOutputWhenAbsent: text === null ? null : wholeOf(text) }),
  'cors.origins': (text) => ({ cors: { origins: text === null ? null : listOf(text) } }),
  'prices.approveAbove': (text) => ({ prices: { approveAbove: text === null ? null : shareOf(text) } }),
}

const run: Command['run'] = async (call) => {
  const client = await call.client()
  const settings = await client.getSettings({})
  const rows = SETTING_NAMES.map((name) => {
    const { value, managedBy } = settingOf(settings, name)
    return [name, shown(value), placeOf(managedBy)]
  })
  call.output.result(settings, table(['member', 'value', 'defined in'], rows))
}

const summary = 'See the settings that can change at run time, and where each comes from'

const set: Command = {
  name: 'settings set',
  summary: 'Change a setting, without a restart',
  args: ['<member>', '<value>'],
  async run(call) {
    const [member = '', value = ''] = call.args
    await send(call, memberOf(member), value)
  },
}

const unset: Command = {
  name: 'settings unset',
  summary: 'Take a setting back to its default',
  args: ['<member>'],
  async run(call) {
    const [member = ''] = call.args
    await send(call, memberOf(member), null)
  },
}

async function send(call: Call, member: SettingName, text: string | null): Promise<void> {
  const body = BODY_OF[member](text)
  const client = await call.client()
  const settings = await client.updateSettings({ body })
  const { value } = settingOf(settings, member)
  call.output.result(settings, value === null ? `${member} is not set.` : `${member} is ${shown(value)}.`)
}

function settingOf(settings: Settings, name: SettingName) {
  const { billing, cors, prices, ...members } = settings
  return {
    ...members,
    'billing.topUpUrl': billing.topUpUrl,
    'billing.contact': billing.contact,
    'billing.seller.name': billing.seller.name,
    'billing.seller.address': billing.seller.address,
    'billing.seller.taxNumber': billing.seller.taxNumber,
    'billing.dueDays': billing.dueDays,
    'cors.origins': cors.origins,
    'prices.approveAbove': prices.approveAbove,
  }[name]
}

function shown(value: string | number | boolean | string[] | null): string | null {
  if (value === null) return null
  return Array.isArray(value) ? value.join(',') : String(value)
}

function memberOf(text: string): SettingName {
  const known = SETTING_NAMES.find((name) => name === text)
  if (known !== undefined) return known
  throw new UsageError(`"${text}" does not change at run time: these do: ${SETTING_NAMES.join(', ')}`)
}

function flagOf(text: string): boolean {
  if (text !== 'true' && text !== 'false') throw new UsageError(`"${text}" is neither true nor false`)
  return text === 'true'
}

function wholeOf(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new UsageError(`"${text}" is not a whole number`)
  return Number(text)
}

function shareOf(text: string): number {
  if (!/^\d{1,4}(\.\d{1,9})?$/.test(text)) throw new UsageError(`"${text}" is not a share: write 0.1 for a tenth`)
  return Number(text)
}

function listOf(text: string): string[] {
  return text.split(',').map((part) => part.trim())
}

export const settingCommands: Command[] = [{ name: 'settings', summary, run }, { name: 'settings show', summary, run }, set, unset]
