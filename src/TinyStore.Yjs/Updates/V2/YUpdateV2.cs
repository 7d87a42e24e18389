using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using TinyStore.Yjs.Lib0;
using TinyStore.Yjs.Updates;

namespace TinyStore.Yjs;

/// <summary>
/// Works on updates in format V2 as bytes, without a document: the counterpart of <see cref="YUpdate"/>, whose remarks hold
/// here too. V2 is much smaller than V1 where structs resemble each other.
/// </summary>
/// <remarks>
/// The length of a V2 update says nothing about what it holds: <see cref="DecoderLimits.MaxStructs"/> and
/// <see cref="DecoderLimits.MaxExpandedBytes"/> bound the memory that decoding takes.
/// </remarks>
public static class YUpdateV2
{
    /// <summary>The update that holds nothing.</summary>
    public static ReadOnlySpan<byte> Empty => [0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0];

    /// <inheritdoc cref="YUpdate.Merge(IReadOnlyList{ReadOnlyMemory{byte}})"/>
    public static byte[] Merge(IReadOnlyList<ReadOnlyMemory<byte>> updates)
    {
        using var writer = new Lib0Writer();
        MergeTo(updates, writer);
        return writer.ToArray();
    }

    /// <inheritdoc cref="YUpdate.Merge(IReadOnlyList{ReadOnlyMemory{byte}}, IBufferWriter{byte})"/>
    public static void Merge(IReadOnlyList<ReadOnlyMemory<byte>> updates, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        using var writer = new Lib0Writer();
        MergeTo(updates, writer);
        writer.CopyTo(output);
    }

    /// <inheritdoc cref="YUpdate.Diff(ReadOnlySpan{byte}, ReadOnlySpan{byte})"/>
    public static byte[] Diff(ReadOnlySpan<byte> update, ReadOnlySpan<byte> stateVector)
    {
        using var writer = new Lib0Writer();
        DiffTo(update, stateVector, writer);
        return writer.ToArray();
    }

    /// <inheritdoc cref="YUpdate.Diff(ReadOnlySpan{byte}, ReadOnlySpan{byte}, IBufferWriter{byte})"/>
    public static void Diff(ReadOnlySpan<byte> update, ReadOnlySpan<byte> stateVector, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        using var writer = new Lib0Writer();
        DiffTo(update, stateVector, writer);
        writer.CopyTo(output);
    }

    /// <inheritdoc cref="YUpdate.EncodeStateVector(ReadOnlySpan{byte})"/>
    public static byte[] EncodeStateVector(ReadOnlySpan<byte> update)
    {
        using var v1 = Expand(update);
        using var writer = new Lib0Writer();
        UpdateState.Write(v1.Written, writer, YContentFormat.Any);
        return writer.ToArray();
    }

    /// <inheritdoc cref="YUpdate.Validate"/>
    public static void Validate(ReadOnlySpan<byte> update) => Expand(update).Dispose();

    /// <inheritdoc cref="YUpdate.TryValidate"/>
    public static bool TryValidate(ReadOnlySpan<byte> update, [NotNullWhen(false)] out string? error, out int offset)
    {
        try
        {
            Validate(update);
            (error, offset) = (null, -1);
            return true;
        }
        catch (YUpdateFormatException e)
        {
            (error, offset) = (e.Message, e.Offset);
            return false;
        }
    }

    /// <summary>Whether an update holds neither structs nor deletions, so that applying it can change nothing.</summary>
    /// <exception cref="YUpdateFormatException">The update is malformed.</exception>
    public static bool IsEmpty(ReadOnlySpan<byte> update)
    {
        using var v1 = Expand(update);
        return UpdateState.IsEmpty(v1.Written, YContentFormat.Any);
    }

    /// <summary>V1 bytes of a V2 update, in which the values of Embed and Format stay lib0 values.</summary>
    internal static Lib0Writer Expand(ReadOnlySpan<byte> update, int maxStructs = DecoderLimits.MaxStructs)
    {
        var writer = new Lib0Writer(Math.Max(256, update.Length));
        try
        {
            UpdateV2Reader.WriteV1(update, writer, YContentFormat.Any, maxStructs);
            return writer;
        }
        catch
        {
            writer.Dispose();
            throw;
        }
    }

    private static void MergeTo(IReadOnlyList<ReadOnlyMemory<byte>> updates, Lib0Writer output)
    {
        ArgumentNullException.ThrowIfNull(updates);
        if (updates.Count == 1)
        {
            Validate(updates[0].Span);
            output.WriteBytes(updates[0].Span);
            return;
        }

        var expanded = new ReadOnlyMemory<byte>[updates.Count];
        for (var i = 0; i < expanded.Length; i++)
        {
            using var v1 = Expand(updates[i].Span);
            expanded[i] = v1.ToArray();
        }

        using var merged = new Lib0Writer();
        UpdateMerger.Merge(expanded, merged, YContentFormat.Any);
        WriteTrusted(merged.Written, YContentFormat.Any, output);
    }

    private static void DiffTo(ReadOnlySpan<byte> update, ReadOnlySpan<byte> stateVector, Lib0Writer output)
    {
        using var v1 = Expand(update);
        using var difference = new Lib0Writer();
        UpdateDiff.Write(v1.Written, YStateVector.Decode(stateVector), difference, YContentFormat.Any);
        WriteTrusted(difference.Written, YContentFormat.Any, output);
    }

    /// <summary>Writes V1 bytes that this library has just written.</summary>
    internal static void WriteTrusted(ReadOnlySpan<byte> v1, YContentFormat format, Lib0Writer output)
    {
        var outline = new YUpdateOutline();
        outline.ScanTrusted(v1, format);
        UpdateV2Writer.Write(v1, outline, keepKeyFlags: true, output);
    }
}
