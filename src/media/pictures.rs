//! Pictures made anew from their pixels: upright, of a size for phones, and without anything else that was in the file
//! (where a photo was taken, by whom, with what; or what was hidden behind the picture).

use std::io::{BufRead, Cursor, Seek};

use image::codecs::gif::{GifDecoder, GifEncoder, Repeat};
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType as PngFilter, PngEncoder};
use image::codecs::webp::WebPDecoder;
use image::imageops::FilterType;
use image::metadata::LoopCount;
use image::{
    AnimationDecoder, DynamicImage, Frame, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits,
    RgbaImage,
};

use super::{FRAMES, FileType, PICTURE_BYTES, PIXELS_MILLIONS, Refusal, SIDE};

/// No phone shows more, and WeChat makes them smaller anyway.
const SHOWN_SIDE: u32 = 1_600;
const THUMB_SIDE: u32 = 400;
/// An animation that is too large is tried smaller before it is refused.
const ANIMATION_SIDES: [u32; 3] = [SHOWN_SIDE, 800, 480];
/// All frames of an animation together.
const ANIMATION_PIXELS: u64 = 100_000_000;
/// The most memory that a decoder may take: 50 million pixels of four bytes, and what it needs besides.
const DECODER_BYTES: u64 = 320 << 20;
const QUALITY: u8 = 85;
const THUMB_QUALITY: u8 = 80;
/// Of 1 (good) to 30 (fast). Frames of up to 256 colors, which is most of them, are kept exactly anyway.
const GIF_SPEED: i32 = 20;

/// A picture as it is kept.
pub(super) struct Picture {
    pub file_type: FileType,
    pub bytes: Vec<u8>,
    pub thumb: Vec<u8>,
    pub width: u32,
    pub height: u32,
}

/// Makes a picture anew. It takes up to seconds and hundreds of megabytes: call it where it may block.
///
/// # Errors
/// When it is too large, broken, or an animation that cannot be kept one.
pub(super) fn remake(file_type: FileType, bytes: &[u8]) -> Result<Picture, Refusal> {
    match file_type {
        FileType::Gif if is_animated(bytes)? => animation(bytes),
        FileType::Webp if webp(bytes)?.has_animation() => Err(Refusal::AnimatedWebp),
        _ => still(file_type, bytes),
    }
}

fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE);
    limits.max_image_height = Some(SIDE);
    limits.max_alloc = Some(DECODER_BYTES);
    limits
}

impl From<ImageError> for Refusal {
    fn from(error: ImageError) -> Self {
        match error {
            ImageError::Limits(_) => Self::TooManyPixels,
            _ => Self::Broken,
        }
    }
}

fn check_size(decoder: &impl ImageDecoder) -> Result<(u32, u32), Refusal> {
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    if width > SIDE || height > SIDE || pixels > PIXELS_MILLIONS * 1_000_000 {
        return Err(Refusal::TooManyPixels);
    }
    if pixels == 0 { Err(Refusal::Broken) } else { Ok((width, height)) }
}

fn still(file_type: FileType, bytes: &[u8]) -> Result<Picture, Refusal> {
    let format = match file_type {
        FileType::Jpeg => ImageFormat::Jpeg,
        FileType::Gif => ImageFormat::Gif,
        FileType::Webp => ImageFormat::WebP,
        _ => ImageFormat::Png,
    };
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits());
    let mut decoder = reader.into_decoder()?;
    check_size(&decoder)?;
    let orientation = decoder.orientation()?;
    let mut image = within(DynamicImage::from_decoder(decoder)?, SHOWN_SIDE);
    image.apply_orientation(orientation);
    let image = with_eight_bits(image);
    let thumb = within(image.clone(), THUMB_SIDE);
    let (width, height) = (image.width(), image.height());
    // WeChat takes no WebP. What was a photo stays one; drawings and what one can see through stay exact.
    let is_photo = match file_type {
        FileType::Jpeg => true,
        FileType::Webp => !image.color().has_alpha(),
        _ => false,
    };
    let (file_type, bytes, thumb) = if is_photo {
        (FileType::Jpeg, jpeg(&image, QUALITY)?, jpeg(&thumb, THUMB_QUALITY)?)
    } else {
        (FileType::Png, png(&image)?, png(&thumb)?)
    };
    Ok(Picture { file_type, bytes, thumb, width, height })
}

/// The same picture, smaller if a side is longer than that.
fn within(image: DynamicImage, side: u32) -> DynamicImage {
    if image.width() <= side && image.height() <= side {
        return image;
    }
    // First fast to twice the size, then well: a photo of 50 million pixels would take seconds.
    let image = if image.width().max(image.height()) > side * 4 {
        image.thumbnail(side * 2, side * 2)
    } else {
        image
    };
    image.resize(side, side, FilterType::CatmullRom)
}

/// Eight bits a channel, and transparency only where something can be seen through.
fn with_eight_bits(image: DynamicImage) -> DynamicImage {
    if !image.color().has_color() && !image.color().has_alpha() {
        return image.into_luma8().into();
    }
    if !image.color().has_alpha() {
        return image.into_rgb8().into();
    }
    let image = image.into_rgba8();
    if image.pixels().all(|pixel| pixel.0[3] == u8::MAX) {
        return DynamicImage::from(image).into_rgb8().into();
    }
    image.into()
}

fn jpeg(image: &DynamicImage, quality: u8) -> Result<Vec<u8>, Refusal> {
    let mut bytes = Vec::new();
    image.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, quality))?;
    Ok(bytes)
}

fn png(image: &DynamicImage) -> Result<Vec<u8>, Refusal> {
    let mut bytes = Vec::new();
    let encoder = PngEncoder::new_with_quality(&mut bytes, CompressionType::Default, PngFilter::Adaptive);
    image.write_with_encoder(encoder)?;
    Ok(bytes)
}

fn gif(bytes: &[u8]) -> Result<GifDecoder<impl BufRead + Seek>, Refusal> {
    let mut decoder = GifDecoder::new(Cursor::new(bytes))?;
    check_size(&decoder)?;
    decoder.set_limits(limits())?;
    Ok(decoder)
}

fn webp(bytes: &[u8]) -> Result<WebPDecoder<Cursor<&[u8]>>, Refusal> {
    let decoder = WebPDecoder::new(Cursor::new(bytes))?;
    check_size(&decoder)?;
    Ok(decoder)
}

fn is_animated(bytes: &[u8]) -> Result<bool, Refusal> {
    let mut frames = gif(bytes)?.into_frames();
    let first = frames.next().ok_or(Refusal::Broken)?;
    first?;
    // What follows a good first frame and is broken is left out.
    Ok(frames.next().is_some_and(|second| second.is_ok()))
}

/// An animation stays one: each frame is made anew.
fn animation(bytes: &[u8]) -> Result<Picture, Refusal> {
    for side in ANIMATION_SIDES {
        match animation_within(bytes, side) {
            Err(Refusal::LongAnimation) => (),
            done => return done,
        }
    }
    Err(Refusal::LongAnimation)
}

fn animation_within(bytes: &[u8], side: u32) -> Result<Picture, Refusal> {
    let decoder = gif(bytes)?;
    let (width, height) = decoder.dimensions();
    let repeat = match decoder.loop_count() {
        LoopCount::Infinite => Repeat::Infinite,
        LoopCount::Finite(times) => Repeat::Finite(u16::try_from(times.get()).unwrap_or(u16::MAX)),
    };
    let mut remade = Vec::new();
    let mut encoder = GifEncoder::new_with_speed(Limited { bytes: &mut remade }, GIF_SPEED);
    encoder.set_repeat(repeat)?;
    let (mut first, mut pixels) = (None, 0);
    for (number, frame) in decoder.into_frames().enumerate() {
        // A broken end is left out: those who made it saw what comes before.
        let Ok(frame) = frame else { break };
        pixels += u64::from(width) * u64::from(height);
        if number >= FRAMES || pixels > ANIMATION_PIXELS {
            return Err(Refusal::LongAnimation);
        }
        let delay = frame.delay();
        let image = within(frame.into_buffer().into(), side).into_rgba8();
        first.get_or_insert_with(|| image.clone());
        encoder
            .encode_frame(Frame::from_parts(image, 0, 0, delay))
            .map_err(|_error| Refusal::LongAnimation)?;
    }
    drop(encoder);
    let first: RgbaImage = first.ok_or(Refusal::Broken)?;
    let (width, height) = first.dimensions();
    let thumb = png(&with_eight_bits(within(first.into(), THUMB_SIDE)))?;
    Ok(Picture { file_type: FileType::Gif, bytes: remade, thumb, width, height })
}

/// What is being made must not become larger than it may be.
struct Limited<'a> {
    bytes: &'a mut Vec<u8>,
}

impl std::io::Write for Limited<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.bytes.len() + bytes.len() > PICTURE_BYTES {
            return Err(std::io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use image::{Delay, Rgb, Rgba};

    use super::*;

    fn picture(width: u32, height: u32) -> DynamicImage {
        image::RgbImage::from_fn(width, height, |x, y| Rgb([x as u8, y as u8, 0x80])).into()
    }

    fn read(bytes: &[u8]) -> DynamicImage {
        image::load_from_memory(bytes).unwrap()
    }

    #[test]
    fn a_large_picture_becomes_one_for_phones_and_a_thumbnail() {
        let made = remake(FileType::Jpeg, &jpeg(&picture(3_200, 1_000), 90).unwrap()).ok().unwrap();
        assert_eq!((made.file_type, made.width, made.height), (FileType::Jpeg, 1_600, 500));
        assert_eq!((read(&made.bytes).width(), read(&made.thumb).width()), (1_600, 400));
        let made = remake(FileType::Png, &png(&picture(10, 3_000)).unwrap()).ok().unwrap();
        assert_eq!((made.file_type, made.width, made.height), (FileType::Png, 5, 1_600));
    }

    #[test]
    fn what_one_can_see_through_stays_so() {
        let mut image = RgbaImage::from_pixel(20, 20, Rgba([255, 0, 0, 255]));
        let made = remake(FileType::Png, &png(&image.clone().into()).unwrap()).ok().unwrap();
        assert!(!read(&made.bytes).color().has_alpha(), "nothing can be seen through it");
        image.put_pixel(3, 3, Rgba([0, 0, 0, 0]));
        let made = remake(FileType::Png, &png(&image.into()).unwrap()).ok().unwrap();
        assert_eq!(read(&made.bytes).into_rgba8().get_pixel(3, 3).0[3], 0);
    }

    #[test]
    fn an_animation_stays_one() {
        let mut bytes = Vec::new();
        let mut encoder = GifEncoder::new(&mut bytes);
        encoder.set_repeat(Repeat::Infinite).unwrap();
        for number in 0..5 {
            let frame = RgbaImage::from_pixel(60, 30, Rgba([number * 50, 0, 0, 255]));
            let delay = Delay::from_numer_denom_ms(200, 1);
            encoder.encode_frame(Frame::from_parts(frame, 0, 0, delay)).unwrap();
        }
        drop(encoder);
        let made = remake(FileType::Gif, &bytes).ok().unwrap();
        assert_eq!((made.file_type, made.width, made.height), (FileType::Gif, 60, 30));
        let decoder = gif(&made.bytes).ok().unwrap();
        assert!(matches!(decoder.loop_count(), LoopCount::Infinite));
        let frames = decoder.into_frames().collect_frames().unwrap();
        assert_eq!(frames.len(), 5);
        assert_eq!(frames[4].buffer().get_pixel(5, 5).0[0], 200);
        assert_eq!(frames[1].delay().numer_denom_ms(), (200, 1));
    }

    #[test]
    fn what_is_too_large_or_broken_is_refused() {
        let check = |file_type, bytes: &[u8], expect: Refusal| {
            assert_eq!(remake(file_type, bytes).err(), Some(expect));
        };
        // A header that promises what is not there.
        let mut bomb = png(&picture(4, 4)).unwrap();
        bomb[16..24].copy_from_slice(&[0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30]);
        let checksum = crc32fast::hash(&bomb[12..29]);
        bomb[29..33].copy_from_slice(&checksum.to_be_bytes());
        check(FileType::Png, &bomb, Refusal::TooManyPixels);
        check(FileType::Png, &bomb[..20], Refusal::Broken);
        check(FileType::Jpeg, b"\xFF\xD8\xFF\xE0 nothing", Refusal::Broken);
        let mut gif = Vec::new();
        GifEncoder::new(&mut gif).encode_frame(Frame::new(RgbaImage::new(4, 4))).unwrap();
        gif[6..10].copy_from_slice(&[0xFF; 4]);
        check(FileType::Gif, &gif, Refusal::TooManyPixels);
        check(FileType::Gif, b"GIF89a", Refusal::Broken);
        check(FileType::Webp, b"RIFF\x04\0\0\0WEBP", Refusal::Broken);
    }
}
