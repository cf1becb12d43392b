import { ValidationPipe, type ArgumentMetadata } from '@nestjs/common';
import { getMetadataStorage } from 'class-validator';
import { ProtocolError, isJsonObject, parseMessage } from '../src/index.js';

/**
 * Reads every body as the message class that its handler declares, by the same `parseMessage` as everything else. Nest's
 * own pipe hands `Dto[]`, an interface or an undecorated class to the handler unread, and takes an array where one object
 * is due (W07, P01): here such a handler gets nothing at all.
 */
export class MessagePipe extends ValidationPipe {
  constructor() {
    super({
      transform: true,
      whitelist: true,
      forbidNonWhitelisted: true,
      forbidUnknownValues: true,
      validationError: { target: false, value: false },
      stopAtFirstError: false,
    });
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (metadata.type !== 'body') return super.transform(value, metadata) as Promise<unknown>;
    const { metatype } = metadata;
    if (metatype === undefined || metadata.data !== undefined || !isMessageClass(metatype)) {
      throw new ProtocolError('configuration', 'a handler declares no message class for its body');
    }
    if (!isJsonObject(value)) throw new ProtocolError('malformed_body', 'an object is expected');
    return parseMessage(metatype, value);
  }
}

function isMessageClass(type: NonNullable<ArgumentMetadata['metatype']>): type is new () => object {
  return getMetadataStorage().getTargetValidationMetadatas(type, '', false, false).length > 0;
}
