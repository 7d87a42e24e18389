using TinyStore.Yjs.Lib0;

namespace TinyStore.Yjs.Updates;

/// <summary>Writes V1 bytes as an update in format V2.</summary>
internal static class UpdateV2Writer
{
    /// <summary>Writes a V1 update, which must be valid, as V2.</summary>
    /// <param name="update">The update in format V1.</param>
    /// <param name="outline">Its outline.</param>
    /// <param name="keepKeyFlags">
    /// Whether an item that takes its key from its origin keeps the flag that says it has one. Yjs drops the flag when it
    /// rewrites an update of somebody else, because it did not look the key up.
    /// </param>
    /// <param name="output">Where the update goes.</param>
    public static void Write(ReadOnlySpan<byte> update, YUpdateOutline outline, bool keepKeyFlags, Lib0Writer output)
    {
        using var columns = new UpdateV2Columns();
        WriteStructs(update, outline, keepKeyFlags, columns);
        DeleteSetV2.Write(update, outline.DeleteSetStart, columns.Rest);
        columns.Finish(output);
    }

    // How many structs and groups there are without the empty ones is known afterwards.
    private static void WriteStructs(ReadOnlySpan<byte> update, YUpdateOutline outline, bool keepKeyFlags, UpdateV2Columns columns)
    {
        var encoder = new StructEncoderV2(columns);
        var start = columns.Rest.Length;
        uint groups = 0;
        foreach (ref readonly var group in outline.Groups)
        {
            var groupStart = columns.Rest.Length;
            uint structs = 0;
            var reader = new YStructReader(update, in group, outline.Format);
            while (reader.NextStruct())
            {
                if (structs++ == 0)
                {
                    columns.Clients.Write(group.Client);
                    columns.Rest.WriteVarUint(reader.Current.Clock);
                }

                WriteStruct(update, in reader.Current, outline.Format, keepKeyFlags, encoder);
            }

            if (structs > 0)
            {
                columns.Rest.InsertVarUint(groupStart, structs);
                groups++;
            }
        }

        columns.Rest.InsertVarUint(start, groups);
    }

    private static void WriteStruct(ReadOnlySpan<byte> update, in YStruct s, YContentFormat format, bool keepKeyFlags, StructEncoderV2 encoder)
    {
        encoder.WriteInfo((byte)(s.HasKey || keepKeyFlags ? s.Info : s.Info & ~YStruct.HasKeyFlag));
        switch (s.Kind)
        {
            case YContentKind.GC:
                encoder.WriteLength(s.Length);
                break;
            case YContentKind.Skip:
                encoder.Values.WriteVarUint(s.Length);
                break;
            default:
                WritePlace(update, in s, encoder);
                WriteContent(s.ContentBytes(update), in s, format, encoder);
                break;
        }
    }

    private static void WritePlace(ReadOnlySpan<byte> update, in YStruct s, StructEncoderV2 encoder)
    {
        if (s.HasOrigin)
        {
            encoder.WriteOrigin(s.Origin.Client, s.Origin.Clock);
        }

        if (s.HasRightOrigin)
        {
            encoder.WriteRightOrigin(s.RightOrigin.Client, s.RightOrigin.Clock);
        }

        if (s.ParentKind == YParentKind.Root)
        {
            encoder.WriteParentRoot(s.ParentName(update));
        }
        else if (s.ParentKind == YParentKind.Item)
        {
            encoder.WriteParentItem(s.ParentId.Client, s.ParentId.Clock);
        }

        if (s.HasKey)
        {
            encoder.WriteString(s.Key(update));
        }
    }

    private static void WriteContent(ReadOnlySpan<byte> content, in YStruct s, YContentFormat format, StructEncoderV2 encoder)
    {
        var isAny = format == YContentFormat.Any;
        switch (s.Kind)
        {
            case YContentKind.Deleted:
                encoder.WriteLength(s.Length);
                break;
            case YContentKind.String:
                encoder.WriteString(content);
                break;
            case YContentKind.Any:
                encoder.WriteLength(s.Length);
                encoder.Values.WriteBytes(content);
                break;
            case YContentKind.Json:
                encoder.WriteLength(s.Length);
                encoder.WriteTexts(content, s.Length);
                break;
            case YContentKind.Binary:
                encoder.Values.WriteVarBytes(content);
                break;
            case YContentKind.Embed:
                encoder.WriteValue(content, isAny);
                break;
            case YContentKind.Format:
                var pair = new Lib0Reader(content);
                encoder.WriteName(pair.ReadVarBytes());
                encoder.WriteValue(isAny ? pair.Rest : pair.ReadVarBytes(), isAny);
                break;
            case YContentKind.Type:
                encoder.WriteTypeRef(s.TypeRef);
                if (YTypeRef.HasName(s.TypeRef))
                {
                    encoder.WriteName(content);
                }

                break;
            default:
                var doc = new Lib0Reader(content);
                encoder.WriteString(doc.ReadVarBytes());
                encoder.Values.WriteBytes(doc.Rest);
                break;
        }
    }
}
