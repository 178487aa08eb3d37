require ["convert"];

convert "image" "image/jpeg";
convert "image/tiff" "jpeg";
convert "image/tiff" "image/jpeg" ["pix-x"];
convert "image/tiff" "image/jpeg" ["=5"];
convert "image/tiff";
convert "image/" "image/x/y";
if convert "image tiff" "image/jpeg" "a=b" { keep; }
convert "image/tiff" "image/jpeg" "a=b";
