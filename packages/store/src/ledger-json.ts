export { decodeLegs as legsFromJson, encodeLegs as legsToJson } from '@faregate/ledger/codec'
