/** Entry of the smaller script tag: what most sites capture of a visit, and nothing that is measured. */

import { campaigns } from './capture/campaigns.ts';
import { clicks } from './capture/clicks.ts';
import { errors } from './capture/errors.ts';
import { forms } from './capture/forms.ts';
import { pageLeave } from './capture/page-leave.ts';
import { pageViews } from './capture/page-views.ts';
import { startTag } from './script/start-tag.ts';

startTag([pageViews, pageLeave, clicks, forms, campaigns, errors]);
