import { Controller, Get, Header, Inject } from '@nestjs/common';
import type { OwnConfiguration } from '#trust/io';

/** Token under which an app provides its `OwnConfiguration` to this controller. */
export const OWN_CONFIGURATION = Symbol('own configuration');

/** A node is a leaf of the federation: it publishes its configuration, and neither fetch nor list. */
@Controller()
export class FederationController {
  constructor(@Inject(OWN_CONFIGURATION) private readonly own: OwnConfiguration) {}

  @Get('.well-known/openid-federation')
  @Header('content-type', 'application/entity-statement+jwt')
  @Header('cache-control', 'no-store')
  configuration(): Promise<string> {
    return this.own.token();
  }
}
