/** What the shop sells. Prices are in cents, so that sums are exact. */

export const CATEGORIES = ['Wear', 'Carry', 'Float', 'Observe'] as const;
export type Category = (typeof CATEGORIES)[number];

export interface Product {
  readonly id: string;
  readonly name: string;
  readonly category: Category;
  readonly priceCents: number;
  /** One line, for the catalogue. */
  readonly line: string;
  readonly story: string;
  readonly facts: readonly string[];
}

export const CURRENCY = 'EUR';

export const PRODUCTS: readonly Product[] = [
  {
    id: 'paper-boat',
    name: 'Waxed paper boat',
    category: 'Float',
    priceCents: 650,
    line: 'One sheet, eleven folds, three bends of a brook.',
    story:
      'Folded by hand from a single sheet and dipped twice in beeswax. It crosses a puddle in one breath and has been known to reach the second bridge.',
    facts: ['Beeswaxed cotton paper', '21 cm from bow to stern', 'Carries one acorn'],
  },
  {
    id: 'umbrella',
    name: 'Heron umbrella',
    category: 'Carry',
    priceCents: 5600,
    line: 'Stands on one leg in any wind.',
    story:
      'Six ash ribs and a canopy the colour of deep water. It opens with a slow, unhurried sound, and it has never once turned inside out in front of a customer.',
    facts: ['Ash ribs, steel joints', '104 cm across', 'Ribs are replaceable'],
  },
  {
    id: 'wellingtons',
    name: 'Moss wellingtons',
    category: 'Wear',
    priceCents: 7400,
    line: 'For the middle of the path, where the water is.',
    story:
      'Natural rubber in the green of a north-facing bank, with a sole cut to hold on wet stone. Tall enough for a brook, soft enough for the walk home.',
    facts: ['Natural rubber, cotton lining', 'Sole grips at 30°', 'Sizes 35 to 47'],
  },
  {
    id: 'rain-gauge',
    name: 'Glass rain gauge',
    category: 'Observe',
    priceCents: 2400,
    line: 'Measures every drop. Loses none.',
    story:
      'A tube of thick glass on an oak stake, etched to a tenth of a millimetre. Read it at breakfast: what fell in the night is still there, in the order of falling.',
    facts: ['Borosilicate glass, oak', '0 to 60 mm', 'Frost-proof to −8 °C'],
  },
  {
    id: 'message-bottle',
    name: 'Message bottle',
    category: 'Float',
    priceCents: 1200,
    line: 'Delivered at least once.',
    story:
      'Green glass, a long cork and three sheets of paper. The shore is not told when to expect it. Should two copies arrive, both carry the same number.',
    facts: ['Recycled glass', 'Cork, 48 mm', 'Three sheets, numbered'],
  },
  {
    id: 'souwester',
    name: 'Harbour sou’wester',
    category: 'Wear',
    priceCents: 3800,
    line: 'The long brim goes at the back.',
    story:
      'Oiled cotton in buoy yellow, eight panels, and a brim that sends the rain past your collar. It folds into its own pocket and comes out cross, then forgives you.',
    facts: ['Oiled cotton', 'Folds into its pocket', 'Three sizes'],
  },
  {
    id: 'paddle',
    name: 'Ash paddle',
    category: 'Float',
    priceCents: 9200,
    line: 'Light in the hand, quiet in the water.',
    story:
      'Carved from one length of ash with an otter-tail blade. The dipped band is there so that you can find it again after you have let it go.',
    facts: ['One piece of ash', '148 cm, 640 g', 'Oiled, not varnished'],
  },
  {
    id: 'flask',
    name: 'River flask',
    category: 'Carry',
    priceCents: 2900,
    line: 'Hot until the last weir.',
    story:
      'Enamelled steel with a cup for a lid. Tea put in at the spring is still too hot at the mill, and about right by the estuary.',
    facts: ['0.75 litres', 'Hot for 14 hours', 'Enamelled steel'],
  },
  {
    id: 'lantern',
    name: 'Fog lantern',
    category: 'Carry',
    priceCents: 4800,
    line: 'Says where you are, not where to go.',
    story:
      'A brass lantern with a ribbed glass that turns one small flame into a wide, patient glow. Seen across a lake, it looks like good news.',
    facts: ['Brass and ribbed glass', 'Burns 9 hours', 'Hook or hand'],
  },
  {
    id: 'skipping-stones',
    name: 'Skipping stones, set of five',
    category: 'Observe',
    priceCents: 1400,
    line: 'Exactly five. None missing, none twice.',
    story:
      'Flat, warm and chosen one by one from the same bend. Numbered on the underside and packed in order, so that you will know which of them is at the bottom of the lake.',
    facts: ['River slate', 'Numbered 1 to 5', 'Linen pouch'],
  },
  {
    id: 'pond-net',
    name: 'Pond net',
    category: 'Observe',
    priceCents: 1900,
    line: 'Borrow a newt. Put it back.',
    story:
      'A cotton net on a hazel pole, with a mesh fine enough for a stickleback and kind enough to let it go. Comes with a jar and a promise.',
    facts: ['Hazel pole, 120 cm', 'Cotton mesh, 2 mm', 'Jar included'],
  },
  {
    id: 'notebook',
    name: 'Rainproof notebook',
    category: 'Observe',
    priceCents: 1650,
    line: 'Writes in the wet, reads in the dry.',
    story:
      'Stone paper that takes pencil in a downpour. What you write down stays written down, also if you close it in the middle of a sentence and come back next week.',
    facts: ['96 leaves of stone paper', 'Sewn, lies flat', 'Pencil in the spine'],
  },
];

export function productById(id: string): Product | undefined {
  return PRODUCTS.find((product) => product.id === id);
}

export function productsOf(category: Category | undefined): readonly Product[] {
  return category ? PRODUCTS.filter((product) => product.category === category) : PRODUCTS;
}

const money = new Intl.NumberFormat('en-IE', { style: 'currency', currency: CURRENCY });

export function formatPrice(cents: number): string {
  return money.format(cents / 100);
}
