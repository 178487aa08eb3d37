require ["mime", "foreverypart",
         "fileinto", "convert"];

if header :mime :anychild :contenttype
          "Content-Type" "image/tiff"
{
  convert "image/tiff" "image/jpeg" ["pix-x=640","pix-y=480"];
  fileinto "INBOX.pics";
}

foreverypart
{
  if header :mime :param "filename" :contains
            "Content-Disposition" "inline"
  {
    convert "image/jpeg" "image/jpeg" ["pix-x=320","pix-y=240"];
  }
}

if exists "Mobile-Link"
{
  redirect "joe@mobile.example.com";
}

if header :mime :anychild :contenttype
          "Content-Type" "image/tiff"
{
  fileinto "Tiff";
}
