using System.Buffers;
using CsCheck;
using TinyStore.Yjs.Lib0;
using TinyStore.Yjs.Updates;

namespace TinyStore.Yjs.Tests.Updates.V2;

public class YUpdateV2Tests
{
    // The same update in both formats [recorded with yjs 13.6.33]: client 1, map m: a=1, n=new Map, n.x="y", a=2, delete n.
    private static readonly byte[] V1 = Hex.Bytes("01040100 2101016d016101 2101016d016e01 0001 a80100017d02 0101010003");
    private static readonly byte[] V2 = Hex.Bytes("00000241000100000521010000a807046d616d6e41020101000241020104007d020101010002");

    [Fact]
    public void Convert_OfTheGoldenUpdate_LosesOnlyTheKeyFlagWithoutAKey()
    {
        Assert.Equal("01040100" + "2101016d016101" + "2101016d016e01" + "0001" + "880100017d02" + "0101010003", Hex.Text(YUpdate.ConvertV2ToV1(V2)));
        Assert.Equal(Hex.Text(V2).Replace("a8", "88", StringComparison.Ordinal), Hex.Text(YUpdate.ConvertV1ToV2(V1)));
    }

    [Fact]
    public void EncodeStateVector_IsThatOfTheDocument() => Assert.Equal("010104", Hex.Text(YUpdateV2.EncodeStateVector(V2)));

    [Fact]
    public void Empty_IsWhatMergingNothingGives()
    {
        Assert.Equal(YUpdateV2.Empty.ToArray(), YUpdateV2.Merge([]));
        Assert.Equal(YUpdateV2.Empty.ToArray(), YUpdate.ConvertV1ToV2(YUpdate.Empty));
        Assert.Equal(YUpdate.Empty.ToArray(), YUpdate.ConvertV2ToV1(YUpdateV2.Empty));
        Assert.True(YUpdateV2.IsEmpty(YUpdateV2.Empty));
        Assert.False(YUpdateV2.IsEmpty(V2));
    }

    [Fact]
    public void Convert_ThereAndBack_KeepsEveryKindOfContent()
    {
        var plain = YUpdate.Merge([SampleUpdates.EveryKind, YUpdate.Empty.ToArray()]);
        Assert.Equal(Hex.Text(plain), Hex.Text(YUpdate.ConvertV2ToV1(YUpdate.ConvertV1ToV2(plain))));
    }

    [Fact]
    public void Merge_KeepsValuesThatJsonCannotHold()
    {
        // An embedded Uint8Array and a format of undefined: lib0 values that V2 holds as they are.
        using var v1 = new Lib0Writer();
        v1.WriteBytes(Hex.Bytes("01 02 05 00 05 010174 7402 0102 06 010174 0162 7f 00"));
        var outline = new YUpdateOutline();
        outline.Scan(v1.Written, YContentFormat.Any);
        using var v2 = new Lib0Writer();
        UpdateV2Writer.Write(v1.Written, outline, keepKeyFlags: true, v2);
        Assert.Equal(v2.ToArray(), YUpdateV2.Merge([v2.ToArray(), YUpdateV2.Empty.ToArray()]));
        Assert.Equal("01020500" + "05010174" + "0d7b2230223a312c2231223a327d" + "06010174" + "0162" + "046e756c6c" + "00", Hex.Text(YUpdate.ConvertV2ToV1(v2.Written)));
    }

    [Fact]
    public void ConvertV2ToV1_WritesJsonAsJavaScriptDoes()
    {
        var value = YValue.FromObject([
            new("a", YValue.Undefined), new("b", YValue.FromArray(YValue.Undefined, double.NaN, -0.0, 1e21, 0.1)), new("c", YValue.FromBigInt(7)), new("d", "x\n")]);
        using var any = new Lib0Writer();
        value.WriteAny(any);
        byte[] v1 = [.. Hex.Bytes("01 01 05 00 05 010174"), .. any.Written, 0];
        var outline = new YUpdateOutline();
        outline.Scan(v1, YContentFormat.Any);
        using var v2 = new Lib0Writer();
        UpdateV2Writer.Write(v1, outline, keepKeyFlags: true, v2);
        var converted = YUpdate.ConvertV2ToV1(v2.Written);
        var reader = new YStructReader(converted, validate: true);
        Assert.True(reader.Read());
        Assert.Equal("""{"b":[null,null,0,1e+21,0.1],"c":7,"d":"x\n"}""", System.Text.Encoding.UTF8.GetString(reader.Current.ContentBytes(converted)));
    }

    [Fact]
    public void Convert_OfAKeyUsedAgain_RepeatsIt()
    {
        // Two XML elements in root "t" whose names have the number 0 both: yjs reads this and never writes it.
        using var keyClocks = new IntDiffOptRleWriter();
        keyClocks.Write(0);
        keyClocks.Write(0);
        using var strings = new StringColumnWriter();
        foreach (var text in new[] { "t"u8.ToArray(), "div"u8.ToArray(), "t"u8.ToArray() })
        {
            strings.Write(text);
        }

        using var update = new Lib0Writer();
        update.WriteByte(0);
        update.WriteVarBytes(keyClocks.Finish());
        update.WriteBytes(Hex.Bytes("0105 00 00 0107"));
        strings.Finish(update);
        update.WriteBytes(Hex.Bytes("0101 024300 00 01020000"));
        Assert.Equal("01020500" + "07010174" + "0303646976" + "07010174" + "0303646976" + "00", Hex.Text(YUpdate.ConvertV2ToV1(update.Written)));
    }

    [Fact]
    public void MoreStructsThanTheLimit_AreRefused()
    {
        var bomb = GcBomb(1_000_000);
        Assert.True(bomb.Length < 120);
        Assert.Equal(1_000_000u, YStateVector.Decode(YUpdateV2.EncodeStateVector(bomb)).GetClock(5));
        Assert.Contains("more structs", Assert.Throws<YUpdateFormatException>(() => YUpdate.ConvertV2ToV1(bomb, maxStructs: 999_999)).Message, StringComparison.Ordinal);
        var beyond = GcBomb(DecoderLimits.MaxStructs + 1);
        Assert.False(YUpdateV2.TryValidate(beyond, out var error, out _));
        Assert.Contains("more structs", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Overloads_WriteTheSameToABufferWriter()
    {
        var output = new ArrayBufferWriter<byte>();
        YUpdateV2.Merge([V2, YUpdateV2.Empty.ToArray()], output);
        Assert.Equal(YUpdateV2.Merge([V2, YUpdateV2.Empty.ToArray()]), output.WrittenSpan.ToArray());
        output.Clear();
        YUpdateV2.Diff(V2, [0], output);
        Assert.Equal(YUpdateV2.Diff(V2, [0]), output.WrittenSpan.ToArray());
    }

    // T22 for this format. What decoding takes is bounded by the limit on structs, not by the length of the input.
    [Fact]
    public void HostileBytes_OnlyEverThrowTheOneException()
    {
        var samples = SampleUpdates.All.Select(update => YUpdate.ConvertV1ToV2(update)).Append(V2).Append(GcBomb(100)).ToArray();
        var inputs = samples.SelectMany(update => Enumerable.Range(0, update.Length).Select(length => update[..length]))
            .Concat(samples.SelectMany(update => Enumerable.Range(0, update.Length * 8).Select(bit =>
            {
                var copy = (byte[])update.Clone();
                copy[bit / 8] ^= (byte)(1 << (bit % 8));
                return copy;
            })))
            .Concat(samples.SelectMany(update => Enumerable.Range(0, update.Length).SelectMany(offset => new[] { "ff7f", "ffffffff0f", "ffffffffffffff0f", "fffffffffffffff0" }.Select(bomb =>
                (byte[])[.. update[..offset], .. Hex.Bytes(bomb), .. update[(offset + 1)..]]))));
        var refused = 0;
        foreach (var bytes in inputs)
        {
            refused += Refuses(bytes) ? 1 : 0;
        }

        Assert.True(refused > 1000);
        Gen.Byte.Array[0, 60].Sample(bytes => { Refuses(bytes); }, iter: 2000);
        Gen.Byte[0, 4].Array[10, 40].Sample(bytes => { Refuses(bytes); }, iter: 5000);
    }

    private static bool Refuses(byte[] bytes)
    {
        const int MaxStructs = 2000;
        var before = GC.GetAllocatedBytesForCurrentThread();
        var refused = false;
        try
        {
            var v1 = YUpdate.ConvertV2ToV1(bytes, MaxStructs);
            YUpdate.Validate(v1);
        }
        catch (YUpdateFormatException e)
        {
            Assert.InRange(e.Offset, 0, bytes.Length);
            refused = true;
        }
        catch (Exception e)
        {
            Assert.Fail($"{Hex.Text(bytes)}: {e}");
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, (64L * bytes.Length) + 65536 + (MaxStructs * 200));
        return refused;
    }

    private static byte[] GcBomb(int structs)
    {
        using var writer = new Lib0Writer();
        writer.WriteBytes(Hex.Bytes("00 00 0105 00 00 0100 0100 00 00"));
        using var rest = new Lib0Writer();
        rest.WriteVarUint(1);
        rest.WriteVarUint((uint)structs);
        rest.WriteBytes([0, 0]);
        using var column = new Lib0Writer();
        column.WriteVarInt(1, negative: true);
        column.WriteVarUint((uint)structs - 2);
        writer.WriteVarBytes(column.Written);
        writer.WriteBytes(rest.Written);
        return writer.ToArray();
    }
}
