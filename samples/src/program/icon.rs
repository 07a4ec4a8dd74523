//! Icons drawn by code: shapes that people take for a folder, a PDF or an office document, and shapes they do not.
//! They are drawings of ours; no vendor's bitmap is in this repository.

/// A picture of square size, red green blue alpha, top row first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Pixels per side.
    pub side: u32,
    /// Four bytes per pixel.
    pub rgba: Vec<u8>,
}

/// What an icon shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Icon {
    /// A yellow folder seen from the front with a tab at the left, as Windows 10 shows folders.
    Folder,
    /// A half-open yellow folder standing at an angle, as Windows 7 shows folders.
    OpenFolder,
    /// A page with a dog-ear and a red band with a white sign, as PDF readers mark their files.
    Pdf,
    /// A red square with a white sign, as newer PDF readers mark their files.
    PdfTile,
    /// A page behind a blue tile with a W.
    Word,
    /// A page with blue lines and a blue W in front, as older office programs mark letters.
    WordPage,
    /// A sheet behind a green tile with an X.
    Excel,
    /// A sheet with a green grid and an X in front, as older office programs mark sheets.
    ExcelPage,
    /// A yellow folder with a zip fastener.
    Zip,
    /// A framed photograph: sky, sun, hills.
    Photo,
    /// A page with grey lines.
    Text,
    /// A blue disc with a white ring: an application of its own kind.
    Neutral,
    /// A window with a title bar and a gear, as development tools give programs by default.
    Window,
}

impl Icon {
    /// Every drawing.
    pub const ALL: [Icon; 13] = [
        Icon::Folder,
        Icon::OpenFolder,
        Icon::Pdf,
        Icon::PdfTile,
        Icon::Word,
        Icon::WordPage,
        Icon::Excel,
        Icon::ExcelPage,
        Icon::Zip,
        Icon::Photo,
        Icon::Text,
        Icon::Neutral,
        Icon::Window,
    ];

    /// Draws it at a size.
    pub fn draw(self, side: u32) -> Picture {
        let mut canvas = Canvas::new(side);
        match self {
            Icon::Folder => folder(&mut canvas),
            Icon::OpenFolder => open_folder(&mut canvas),
            Icon::Pdf => pdf(&mut canvas),
            Icon::PdfTile => pdf_tile(&mut canvas),
            Icon::Word => office(&mut canvas, [43, 87, 154], 'W'),
            Icon::WordPage => office_page(&mut canvas, [43, 87, 154], 'W'),
            Icon::Excel => office(&mut canvas, [33, 115, 70], 'X'),
            Icon::ExcelPage => office_page(&mut canvas, [33, 115, 70], 'X'),
            Icon::Zip => zip(&mut canvas),
            Icon::Photo => photo(&mut canvas),
            Icon::Text => text(&mut canvas),
            Icon::Neutral => neutral(&mut canvas),
            Icon::Window => window(&mut canvas),
        }
        canvas.finish()
    }

    /// An `.ico` file with this icon at 16, 32 and 48 pixels.
    pub fn ico(self) -> Vec<u8> {
        let pictures: Vec<(u32, Vec<u8>)> = [16, 32, 48].map(|side| (side, self.draw(side).dib())).to_vec();
        let mut file = [0u16, 1, pictures.len() as u16].map(u16::to_le_bytes).concat();
        let mut offset = 6 + 16 * pictures.len();
        for (side, dib) in &pictures {
            file.extend_from_slice(&[*side as u8, *side as u8, 0, 0, 1, 0, 32, 0]);
            file.extend_from_slice(&(dib.len() as u32).to_le_bytes());
            file.extend_from_slice(&(offset as u32).to_le_bytes());
            offset += dib.len();
        }
        for (_, dib) in pictures {
            file.extend_from_slice(&dib);
        }
        file
    }
}

impl Picture {
    /// As the image of an icon resource: BITMAPINFOHEADER of double height, bottom-up BGRA, and the mask of
    /// transparent pixels.
    pub fn dib(&self) -> Vec<u8> {
        let side = self.side as usize;
        let mut out = Vec::new();
        out.extend_from_slice(&40u32.to_le_bytes());
        out.extend_from_slice(&self.side.to_le_bytes());
        out.extend_from_slice(&(self.side * 2).to_le_bytes());
        out.extend_from_slice(&[1, 0, 32, 0]);
        out.extend_from_slice(&[0; 24]);
        for row in self.rgba.chunks_exact(side * 4).rev() {
            for pixel in row.chunks_exact(4) {
                out.extend_from_slice(&[pixel[2], pixel[1], pixel[0], pixel[3]]);
            }
        }
        for row in self.rgba.chunks_exact(side * 4).rev() {
            let mut mask = vec![0u8; side.div_ceil(32) * 4];
            for (x, pixel) in row.chunks_exact(4).enumerate() {
                if pixel[3] == 0 {
                    mask[x / 8] |= 0x80 >> (x % 8);
                }
            }
            out.extend_from_slice(&mask);
        }
        out
    }

    /// As a PNG.
    pub fn png(&self) -> Vec<u8> {
        use std::io::Write;
        let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
        let mut chunk = |kind: &[u8; 4], data: &[u8]| {
            out.extend_from_slice(&(data.len() as u32).to_be_bytes());
            let body = [kind.as_slice(), data].concat();
            out.extend_from_slice(&body);
            out.extend_from_slice(&crc32fast::hash(&body).to_be_bytes());
        };
        let header = [&self.side.to_be_bytes()[..], &self.side.to_be_bytes(), &[8, 6, 0, 0, 0]].concat();
        chunk(b"IHDR", &header);
        let mut deflater = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        for row in self.rgba.chunks_exact(self.side as usize * 4) {
            deflater.write_all(&[0]).expect("writing to memory");
            deflater.write_all(row).expect("writing to memory");
        }
        chunk(b"IDAT", &deflater.finish().expect("writing to memory"));
        chunk(b"IEND", b"");
        out
    }
}

type Point = (f32, f32);
type Colour = [u8; 3];

const WHITE: Colour = [255, 255, 255];

/// A canvas of the unit square, painted with four by four samples per pixel so that edges are smooth.
struct Canvas {
    side: u32,
    samples: Vec<Option<Colour>>,
}

const FINE: u32 = 4;

impl Canvas {
    fn new(side: u32) -> Self {
        Canvas { side, samples: vec![None; (side * FINE * side * FINE) as usize] }
    }

    fn paint(&mut self, colour: impl Fn(Point) -> Option<Colour>) {
        let width = self.side * FINE;
        for (index, sample) in self.samples.iter_mut().enumerate() {
            let (x, y) = (index as u32 % width, index as u32 / width);
            if let Some(colour) = colour(((x as f32 + 0.5) / width as f32, (y as f32 + 0.5) / width as f32)) {
                *sample = Some(colour);
            }
        }
    }

    fn polygon(&mut self, points: &[Point], colour: Colour) {
        self.paint(|(x, y)| {
            let mut is_inside = false;
            let mut previous = points[points.len() - 1];
            for &point in points {
                if (point.1 > y) != (previous.1 > y)
                    && x < (previous.0 - point.0) * (y - point.1) / (previous.1 - point.1) + point.0
                {
                    is_inside = !is_inside;
                }
                previous = point;
            }
            is_inside.then_some(colour)
        });
    }

    fn rectangle(&mut self, left: f32, top: f32, right: f32, bottom: f32, colour: Colour) {
        self.paint(|(x, y)| (x >= left && x < right && y >= top && y < bottom).then_some(colour));
    }

    fn disc(&mut self, centre: Point, radius: f32, colour: Colour) {
        self.paint(|(x, y)| ((x - centre.0).hypot(y - centre.1) < radius).then_some(colour));
    }

    fn line(&mut self, from: Point, to: Point, width: f32, colour: Colour) {
        let length = (to.0 - from.0).hypot(to.1 - from.1);
        let (dx, dy) = ((to.0 - from.0) / length, (to.1 - from.1) / length);
        self.paint(|(x, y)| {
            let (px, py) = (x - from.0, y - from.1);
            let along = px * dx + py * dy;
            let across = (px * dy - py * dx).abs();
            (along >= 0.0 && along <= length && across <= width / 2.0).then_some(colour)
        });
    }

    fn finish(self) -> Picture {
        let width = self.side * FINE;
        let mut rgba = Vec::new();
        for y in 0..self.side {
            for x in 0..self.side {
                let (mut sum, mut count) = ([0u32; 3], 0u32);
                for sy in 0..FINE {
                    for sx in 0..FINE {
                        if let Some(colour) = self.samples[((y * FINE + sy) * width + x * FINE + sx) as usize] {
                            count += 1;
                            for (sum, part) in sum.iter_mut().zip(colour) {
                                *sum += u32::from(part);
                            }
                        }
                    }
                }
                rgba.extend(sum.map(|part| part.checked_div(count).unwrap_or(0) as u8));
                rgba.push((count * 255 / (FINE * FINE)) as u8);
            }
        }
        Picture { side: self.side, rgba }
    }
}

fn folder(canvas: &mut Canvas) {
    canvas
        .polygon(&[(0.03, 0.16), (0.38, 0.16), (0.46, 0.26), (0.97, 0.26), (0.97, 0.86), (0.03, 0.86)], [222, 176, 64]);
    canvas.rectangle(0.03, 0.34, 0.97, 0.86, [255, 217, 112]);
    canvas.rectangle(0.03, 0.80, 0.97, 0.86, [240, 196, 84]);
}

fn open_folder(canvas: &mut Canvas) {
    canvas.polygon(&[(0.30, 0.08), (0.72, 0.02), (0.80, 0.10), (0.80, 0.86), (0.30, 0.92)], [214, 170, 62]);
    canvas.polygon(&[(0.36, 0.16), (0.76, 0.10), (0.76, 0.80), (0.36, 0.86)], WHITE);
    canvas.polygon(&[(0.12, 0.20), (0.60, 0.14), (0.66, 0.98), (0.20, 0.98)], [252, 222, 130]);
    canvas.polygon(&[(0.12, 0.20), (0.20, 0.19), (0.28, 0.98), (0.20, 0.98)], [238, 200, 96]);
}

fn page(canvas: &mut Canvas, edge: Colour) {
    canvas.polygon(&[(0.14, 0.02), (0.64, 0.02), (0.88, 0.24), (0.88, 0.98), (0.14, 0.98)], edge);
    canvas.polygon(&[(0.17, 0.05), (0.62, 0.05), (0.85, 0.26), (0.85, 0.95), (0.17, 0.95)], WHITE);
    canvas.polygon(&[(0.62, 0.05), (0.85, 0.26), (0.62, 0.26)], [214, 214, 214]);
}

/// Three loops meeting in the middle, in the manner of PDF readers' signs.
fn swirl(canvas: &mut Canvas, centre: Point, scale: f32, colour: Colour) {
    let at = |x: f32, y: f32| (centre.0 + x * scale, centre.1 + y * scale);
    let width = 0.13 * scale;
    for (from, to) in [
        (at(0.0, -0.5), at(-0.08, 0.0)),
        (at(-0.08, 0.0), at(-0.5, 0.42)),
        (at(0.0, -0.5), at(0.14, 0.08)),
        (at(0.14, 0.08), at(0.52, 0.22)),
        (at(-0.36, 0.24), at(0.52, 0.22)),
    ] {
        canvas.line(from, to, width, colour);
    }
}

fn pdf(canvas: &mut Canvas) {
    page(canvas, [150, 150, 150]);
    canvas.rectangle(0.04, 0.40, 0.80, 0.66, [214, 30, 30]);
    swirl(canvas, (0.42, 0.53), 0.26, WHITE);
    canvas.line((0.26, 0.74), (0.76, 0.74), 0.04, [190, 40, 40]);
    canvas.line((0.26, 0.84), (0.62, 0.84), 0.04, [190, 40, 40]);
}

fn pdf_tile(canvas: &mut Canvas) {
    canvas.rectangle(0.05, 0.05, 0.95, 0.95, [178, 11, 0]);
    swirl(canvas, (0.5, 0.52), 0.76, WHITE);
}

fn letter(canvas: &mut Canvas, sign: char, left: f32, top: f32, side: f32, colour: Colour) {
    let at = |x: f32, y: f32| (left + x * side, top + y * side);
    let width = side * 0.17;
    let strokes: &[(Point, Point)] = match sign {
        'W' => &[
            ((0.0, 0.0), (0.26, 1.0)),
            ((0.24, 1.0), (0.5, 0.1)),
            ((0.5, 0.1), (0.76, 1.0)),
            ((0.74, 1.0), (1.0, 0.0)),
        ],
        _ => &[((0.05, 0.0), (0.95, 1.0)), ((0.95, 0.0), (0.05, 1.0))],
    };
    for (from, to) in strokes {
        canvas.line(at(from.0, from.1), at(to.0, to.1), width, colour);
    }
}

fn lighter(colour: Colour) -> Colour {
    colour.map(|part| part / 2 + 110)
}

fn office(canvas: &mut Canvas, colour: Colour, sign: char) {
    canvas.rectangle(0.26, 0.06, 0.97, 0.94, lighter(colour));
    canvas.rectangle(0.26, 0.30, 0.97, 0.62, colour.map(|part| part / 4 * 3 + 50));
    canvas.rectangle(0.03, 0.24, 0.56, 0.77, colour);
    letter(canvas, sign, 0.12, 0.36, 0.34, WHITE);
}

fn office_page(canvas: &mut Canvas, colour: Colour, sign: char) {
    page(canvas, colour);
    for row in 0..6 {
        let y = 0.34 + 0.10 * row as f32;
        canvas.line((0.50, y), (0.80, y), 0.03, lighter(colour));
    }
    if sign == 'X' {
        canvas.line((0.65, 0.32), (0.65, 0.90), 0.03, lighter(colour));
    }
    canvas.rectangle(0.02, 0.34, 0.50, 0.82, colour);
    letter(canvas, sign, 0.10, 0.44, 0.30, WHITE);
}

fn zip(canvas: &mut Canvas) {
    folder(canvas);
    canvas.rectangle(0.42, 0.26, 0.60, 0.86, [120, 120, 128]);
    for row in 0..6 {
        let y = 0.29 + 0.10 * row as f32;
        canvas.rectangle(0.42, y, 0.51, y + 0.05, [232, 232, 236]);
        canvas.rectangle(0.51, y + 0.05, 0.60, y + 0.10, [232, 232, 236]);
    }
}

fn photo(canvas: &mut Canvas) {
    canvas.rectangle(0.03, 0.10, 0.97, 0.90, [160, 160, 160]);
    canvas.rectangle(0.05, 0.12, 0.95, 0.88, WHITE);
    canvas.rectangle(0.10, 0.17, 0.90, 0.83, [122, 186, 240]);
    canvas.disc((0.72, 0.32), 0.09, [255, 226, 100]);
    canvas.polygon(&[(0.10, 0.70), (0.34, 0.36), (0.58, 0.72), (0.58, 0.83), (0.10, 0.83)], [62, 120, 66]);
    canvas.polygon(&[(0.44, 0.83), (0.66, 0.52), (0.90, 0.76), (0.90, 0.83)], [96, 156, 84]);
}

fn text(canvas: &mut Canvas) {
    page(canvas, [150, 150, 150]);
    for row in 0..7 {
        let y = 0.32 + 0.085 * row as f32;
        canvas.line((0.26, y), (0.76, y), 0.03, [120, 120, 130]);
    }
}

fn neutral(canvas: &mut Canvas) {
    canvas.disc((0.5, 0.5), 0.47, [24, 92, 168]);
    canvas.disc((0.5, 0.5), 0.32, [236, 242, 250]);
    canvas.disc((0.5, 0.5), 0.22, [24, 92, 168]);
    canvas.polygon(&[(0.44, 0.36), (0.66, 0.50), (0.44, 0.64)], WHITE);
}

fn window(canvas: &mut Canvas) {
    canvas.rectangle(0.05, 0.12, 0.95, 0.88, [70, 70, 78]);
    canvas.rectangle(0.08, 0.27, 0.92, 0.85, [240, 240, 244]);
    canvas.disc((0.5, 0.56), 0.21, [120, 120, 130]);
    canvas.disc((0.5, 0.56), 0.09, [240, 240, 244]);
    for tooth in 0..8 {
        let angle = tooth as f32 * std::f32::consts::FRAC_PI_4;
        let (sin, cos) = angle.sin_cos();
        canvas.line(
            (0.5 + cos * 0.18, 0.56 + sin * 0.18),
            (0.5 + cos * 0.27, 0.56 + sin * 0.27),
            0.08,
            [120, 120, 130],
        );
    }
}
