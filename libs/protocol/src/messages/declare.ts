import { IsCode, IsCount, IsPlainText, MayBeAbsent } from './field-rules.js';

/** What a supervisor declares for the agency; at most a day, so that nobody has to ask whether it was taken back. */
export class DeclareBody {
  /** Code of what is declared, as rules name it. */
  @IsCode()
  declaration: string;

  @IsPlainText(8_000)
  wording: string;

  @IsPlainText(200)
  officer_name: string;

  @IsPlainText(200)
  officer_title: string;

  /** The statute under which it is sworn; left out where it is not. */
  @MayBeAbsent()
  @IsPlainText(200)
  sworn_under?: string;

  @IsCount(86_400, 60)
  lifetime_seconds: number;
}
